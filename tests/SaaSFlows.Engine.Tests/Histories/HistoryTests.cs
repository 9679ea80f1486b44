using System.Reflection;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Engine.Tests.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Engine.Tests.Histories;

/// <summary>Journals that older versions wrote: each must be read, and go on from any of its events to the same end.</summary>
public sealed class HistoryTests
{
    public static TheoryData<string> Journals =>
        [
            .. Assembly
                .GetExecutingAssembly()
                .GetManifestResourceNames()
                .Where(name => name.EndsWith(".journal.json", StringComparison.Ordinal))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Journals))]
    public async Task An_old_journal_resumes_from_every_event(string resource)
    {
        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        var journal = document.RootElement.GetProperty("events").EnumerateArray().Select(Read).ToList();
        var decided = document.RootElement.GetProperty("same_output_from").GetInt32();
        var expected = document.RootElement.GetProperty("output");

        for (var length = 1; length <= journal.Count; length++)
        {
            var bench = new EngineBench(new() { EffectsPerExecution = 1 });
            var graph = bench.Compile(document.RootElement.GetProperty("graph").GetRawText());
            var execution = bench.NewRef();
            var prefix = journal.Take(length).ToList();
            bench.Store.Restore(execution, new(Guid.Empty), prefix, JournalReading.OpenBookmarks(graph, prefix));
            bench.Time.Advance(prefix[^1].At - bench.Time.GetUtcNow());
            if (length < journal.Count)
            {
                await AnswerAsync(bench, execution.Id);
            }

            // Before, timing decides who is first at a merge of one.
            var view = bench.View(execution.Id);
            Assert.Equal(ExecutionStatus.Completed, view.Status);
            Assert.True(length < decided || JsonElement.DeepEquals(expected, view.Output), $"After {length} events: {view.Output}");
        }
    }

    private static async Task AnswerAsync(EngineBench bench, Primitives.ExecutionId execution)
    {
        while (bench.Store.EndOf(execution) is null)
        {
            await RestAsync(bench);

            foreach (var question in bench.Store.Bookmarks(execution).Where(bookmark => bookmark.Kind == "question"))
            {
                bench.Store.PutFact(execution, InboxFactKind.Stimulus, question.Id, "\"yes\""u8.ToArray());
            }

            bench.Time.Advance(bench.Options.Lease);
            bench.Store.FireDue();
        }
    }

    private static async Task RestAsync(EngineBench bench)
    {
        var run = bench.RunOnceAsync(TestContext.Current.CancellationToken);
        await Eventually.True(
            () =>
            {
                // A short retry waits in memory.
                bench.Time.Advance(TimeSpan.FromSeconds(run.IsCompleted ? 0 : 0.5));
                return run.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
        await run;
    }

    private static JournalEvent Read(JsonElement recorded) =>
        new(
            recorded.GetProperty("seq").GetInt64(),
            (JournalEventKind)recorded.GetProperty("kind").GetInt16(),
            recorded.GetProperty("node").GetString() is { } node ? new(node) : null,
            recorded.GetProperty("scope").GetString()!,
            recorded.GetProperty("token").GetInt32(),
            recorded.GetProperty("attempt").GetInt32(),
            recorded.GetProperty("ordinal").GetInt32(),
            recorded.GetProperty("at").GetDateTimeOffset(),
            recorded.GetProperty("body") is { ValueKind: JsonValueKind.Object } body ? JsonSerializer.SerializeToUtf8Bytes(body) : default
        );
}

/// <summary>Reads of a journal what a store keeps beside it.</summary>
internal static class JournalReading
{
    public static IEnumerable<Bookmark> OpenBookmarks(CompiledGraph graph, IReadOnlyList<JournalEvent> journal)
    {
        var open = Fold(graph, journal).Live.Where(token => token.Bookmark is not null).Select(token => token.Bookmark!.Value).ToHashSet();
        return journal
            .Select(recorded => (recorded.Node, EventBodyReader.Read(recorded).Body))
            .Select(pair =>
                pair.Body switch
                {
                    EventBody.Suspended body => new Bookmark(body.Bookmark, pair.Node!.Value, body.Kind, body.Key, body.Due),
                    EventBody.Failed { Bookmark: { } id } body => new Bookmark(id, pair.Node!.Value, "retry", null, body.RetryAt),
                    EventBody.Completed { Bookmark: { } id } body => new Bookmark(id, pair.Node!.Value, "timeout", null, body.Due),
                    _ => null,
                }
            )
            .OfType<Bookmark>()
            .Where(bookmark => open.Contains(bookmark.Id));
    }

    public static ExecutionState Fold(CompiledGraph graph, IEnumerable<JournalEvent> journal)
    {
        var state = new ExecutionState(graph);
        foreach (var recorded in journal)
        {
            state.Apply(EventBodyReader.Read(recorded));
        }

        return state;
    }
}
