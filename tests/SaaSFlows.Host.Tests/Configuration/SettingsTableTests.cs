using System.Reflection;
using System.Text.RegularExpressions;
using SaaSFlows.Host.Configuration;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Host.Tests.Configuration;

/// <summary>docs/configuration.md names what can be set, and nothing else.</summary>
public sealed partial class SettingsTableTests
{
    private static readonly string[] NotInOptions =
    [
        "ConnectionStrings:Postgres",
        "Demo:Enabled",
        "Grpc:Url",
        "Logging:LogLevel:Default",
        "Roles",
        "SAASFLOWS_CONFIG",
        "SAASFLOWS_MASTER_KEY",
        "SAASFLOWS_MASTER_KEY_PREVIOUS",
        "Urls",
        "Vault:KeyDirectory",
    ];

    [Fact]
    public void The_table_has_a_row_for_every_property_of_the_options_classes()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find()!, "docs", "configuration.md"));
        var table = page[page.IndexOf("## All settings", StringComparison.Ordinal)..];
        var rows = Row().Matches(table).SelectMany(row => Name().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value).ToList();

        var properties =
            from method in typeof(HostConfiguration).GetMethods(BindingFlags.Static | BindingFlags.Public)
            where method.ReturnType.Name.EndsWith("Options", StringComparison.Ordinal) && method.ReturnType.Name != "MasterKeyOptions"
            let section = method.ReturnType == typeof(EmbeddedServerOptions) ? "EmbeddedPostgres" : method.Name
            from property in method.ReturnType.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            select $"{section}:{property.Name}";

        // A new property of an options class needs a row: what it does, and its default.
        Assert.Equal(properties.Concat(NotInOptions).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (`[^|]*`) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
