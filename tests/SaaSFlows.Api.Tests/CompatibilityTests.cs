using System.Text.RegularExpressions;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests;

/// <summary>docs/api-compatibility.md says what is true.</summary>
public sealed partial class CompatibilityTests
{
    private static readonly string _root = RepositoryRoot.Find()!;

    private static readonly IReadOnlyList<(string Api, string Endpoint, string Route, string Test)> _rows =
    [
        .. from line in File.ReadLines(Path.Combine(_root, "docs", "api-compatibility.md"))
        where Row().IsMatch(line)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        select (cells[1], cells[2], cells[3].Trim('`'), cells[4].Trim('`')),
    ];

    [Fact]
    public void Every_route_of_the_table_is_in_the_document()
    {
        var calls = Call()
            .Matches(File.ReadAllText(Path.Combine(_root, "src", "SaaSFlows.Api", "Grpc", "workflow_service.proto")))
            .Select(call => $"saasflows.v1.WorkflowService/{call.Groups[1].Value}");
        var known = Contract.Routes.Concat(["/swagger-ui/", "/docs", "/redoc"]).Concat(calls).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(_rows.Where(row => row.Route != "open" && !known.Contains(row.Route)).Select(row => row.Route));
    }

    [Fact]
    public void Every_test_of_the_table_exists()
    {
        var sources = Directory
            .EnumerateFiles(Path.Combine(_root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);

        Assert.Empty(
            _rows
                .Where(row =>
                    row.Test != "open"
                    && !(
                        row.Test.Split('.') is [var type, var method]
                        && sources[type].Any(text => text.Contains($" {method}(", StringComparison.Ordinal))
                    )
                )
                .Select(row => row.Test)
        );
    }

    [Fact]
    public void What_is_served_is_not_called_open()
    {
        // An endpoint that the document has under its very name is served.
        var known = Contract.Routes.Select(route => Parameter().Replace(route, "{}")).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(
            _rows.Where(row => row.Route == "open" && known.Contains(Parameter().Replace(row.Endpoint.Trim('`'), "{}"))).Select(row => row.Endpoint)
        );
        Assert.Empty(_rows.Where(row => (row.Route == "open") != (row.Test == "open")).Select(row => row.Endpoint));
    }

    [Fact]
    public void All_five_apis_are_in_the_table() =>
        Assert.Equal(
            [("named", 12), ("platform", 23), ("steps", 6), ("unversioned", 14), ("workflow", 21)],
            _rows.GroupBy(row => row.Api).OrderBy(rows => rows.Key, StringComparer.Ordinal).Select(rows => (rows.Key, rows.Count()))
        );

    [GeneratedRegex(@"^\| (?:steps|platform|workflow|unversioned|named) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"rpc (\w+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\{\w+\}|:\w+")]
    private static partial Regex Parameter();
}
