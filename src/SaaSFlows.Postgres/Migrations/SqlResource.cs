using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>A text of SQL that is part of the program.</summary>
/// <param name="Name">Its path below the folder, with dots and without <c>.sql</c>.</param>
internal sealed record SqlResource(string Name, string Sql)
{
    /// <summary>Tells one text from another; kept by databases that it was applied to.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>All texts of a folder of this project, by name.</summary>
    public static IReadOnlyList<SqlResource> In(string folder)
    {
        var assembly = typeof(SqlResource).Assembly;
        var prefix = $"SaaSFlows.Postgres.{folder}.";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new SqlResource(name[prefix.Length..^".sql".Length], Read(assembly, name))),
        ];
    }

    // A checkout with other line ends has the same texts.
    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
