using System.Globalization;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>One numbered step of the schema.</summary>
internal sealed record Migration(int Version, string Name, string Sql, string Checksum)
{
    public static IReadOnlyList<Migration> All { get; } = Load();

    private static List<Migration> Load()
    {
        var migrations = SqlResource.In("Migrations").Select(Read).ToList();
        return migrations.Select(m => m.Version).Distinct().Count() == migrations.Count
            ? migrations
            : throw new InvalidOperationException("Two migrations have the same number.");
    }

    private static Migration Read(SqlResource text) =>
        new(int.Parse(text.Name[..4], CultureInfo.InvariantCulture), text.Name[5..], text.Sql, text.Checksum);
}
