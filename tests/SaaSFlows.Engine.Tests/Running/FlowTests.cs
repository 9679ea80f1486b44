using System.Reflection;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>Each <c>*.flow.json</c> is one rule of <c>docs/execution-semantics.md</c>: a graph, what starts it, and what must come of it.</summary>
public sealed class FlowTests
{
    public static TheoryData<string> Flows =>
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".flow.json", StringComparison.Ordinal)).Order()];

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Flow_runs_as_written(string resource)
    {
        var flow = await ReadAsync(resource);
        // One effect at a time, so that results arrive in one order.
        var bench = new EngineBench(new() { EffectsPerExecution = 1 });
        var report = new SaaSFlows.Engine.Graphs.GraphValidator(bench.Catalogue, bench.Limits).Validate(bench.Compile(flow.GetRawText()).Definition);
        Assert.Empty(report.Errors.Concat(report.NodeErrors.SelectMany(pair => pair.Value)));
        Assert.Equal(
            flow.TryGetProperty("names", out var wrong) ? wrong.EnumerateArray().Select(message => message.GetString()) : [],
            report.Warnings.Where(warning => warning.Code.StartsWith("name.", StringComparison.Ordinal)).Select(warning => warning.Message)
        );

        var view = await bench.RunAsync(flow.GetRawText(), Text(flow, "input"), Text(flow, "variables"), ct: TestContext.Current.CancellationToken);

        var expected = flow.GetProperty("expect");
        Assert.Equal(expected.GetProperty("status").GetString(), view.Status.ToString().ToLowerInvariant());
        Assert.Equal(expected.GetProperty("path").EnumerateArray().Select(id => id.GetString()), view.Path.Select(id => id.Value));
        foreach (var field in expected.EnumerateObject())
        {
            Check(field, view, bench.Store.Journal(EngineBench.NewId(1)));
        }
    }

    private static void Check(JsonProperty expected, ExecutionView view, IReadOnlyList<JournalEvent> journal)
    {
        switch (expected.Name)
        {
            case "status" or "path":
                break;
            case "output":
                AssertJson(expected.Value, view.Output);
                break;
            case "runs":
                Assert.Equal(
                    expected.Value.EnumerateArray().Select(run => run.GetString()),
                    journal
                        .Where(recorded => recorded.Kind == JournalEventKind.NodeCompleted)
                        .Select(recorded => $"{recorded.Scope}/{recorded.Node}".TrimStart('/'))
                );
                break;
            case "error":
                Assert.Equal(expected.Value.GetString(), view.ErrorCode);
                break;
            case "variables":
                AssertJson(expected.Value, JsonSerializer.SerializeToElement(view.Variables));
                break;
            case "nodes":
                foreach (var node in expected.Value.EnumerateObject())
                {
                    Assert.Equal(
                        (node.Name, node.Value.GetString()),
                        (node.Name, view.Nodes.Single(one => one.Id.Value == node.Name).Status.ToString().ToLowerInvariant())
                    );
                }

                break;
            case "outputs":
                foreach (var node in expected.Value.EnumerateObject())
                {
                    AssertJson(node.Value, view.Nodes.Single(one => one.Id.Value == node.Name).Output);
                }

                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to expect '{expected.Name}'.");
        }
    }

    private static void AssertJson(JsonElement expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(expected, actual), $"Expected {expected} but got {actual}");

    private static string Text(JsonElement flow, string name) => flow.TryGetProperty(name, out var value) ? value.GetRawText() : "{}";

    private static async Task<JsonElement> ReadAsync(string resource)
    {
        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        return document.RootElement.Clone();
    }
}
