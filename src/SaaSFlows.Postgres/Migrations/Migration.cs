using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>One numbered step of the schema.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    private const string Prefix = "SaaSFlows.Postgres.Migrations.";

    public static IReadOnlyList<Migration> All { get; } = Load(typeof(Migration).Assembly);

    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    private static List<Migration> Load(Assembly assembly)
    {
        var migrations = assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name))
            .ToList();
        return migrations.Select(m => m.Version).Distinct().Count() == migrations.Count
            ? migrations
            : throw new InvalidOperationException("Two migrations have the same number.");
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = resource[Prefix.Length..^".sql".Length];

        // A checkout with other line ends is the same migration.
        return new(int.Parse(name[..4], CultureInfo.InvariantCulture), name[5..], reader.ReadToEnd().ReplaceLineEndings("\n"));
    }
}
