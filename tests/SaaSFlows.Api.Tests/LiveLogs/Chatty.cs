using System.Net.ServerSentEvents;
using System.Text.Json;

namespace SaaSFlows.Api.Tests.LiveLogs;

/// <summary>Executions that have much to tell once they are let go.</summary>
internal static class Chatty
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Waits for the event <c>go</c>, then does as many rounds; each tells of itself, and waits as many milliseconds, if any.</summary>
    public static Task<Guid> PublishAsync(Member member, int rounds, int? delay)
    {
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["wait"] = Graphs.Node("action_wait_event", new { event_type = "go" }),
            ["each"] = Graphs.Node("loop_foreach", new { array_variable = Enumerable.Range(0, rounds) }),
            ["say"] = Graphs.Node("data_transform", new { transformations = new { text = "wide" } }),
            ["end"] = Graphs.Node("flow_end"),
        };
        object[] lines =
        [
            Graphs.Line("start", "wait"),
            Graphs.Line("wait", "each", "received"),
            Graphs.Line("each", "say", "loop"),
            Graphs.Line("each", "end", "complete"),
        ];
        if (delay is { } pause)
        {
            nodes["rest"] = Graphs.Node("action_delay", new { delay_ms = pause });
            lines = [.. lines, Graphs.Line("say", "rest")];
        }

        return member.PublishAsync(nodes, lines);
    }

    /// <summary>Starts it, up to where it waits.</summary>
    /// <param name="letters">In each round's output.</param>
    public static async Task<Guid> StartAsync(Member member, Guid workflow, int letters)
    {
        var execution = await member.StartAsync(workflow, new { wide = new string('x', letters) });
        await member.ParkedAsync(execution);
        return execution;
    }

    public static async Task GoAsync(Member member) =>
        Assert.Equal(202, (await member.PostAsync("/api/v1/events", new { event_type = "go" })).Status);

    /// <summary>The whole stream, coming again as the server asks for it.</summary>
    public static async Task<List<Told>> AllAsync(Member member, Guid execution, long after)
    {
        var all = new List<Told>();
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workflows/executions/{execution}/stream?last_event_id={after}");
            using var response = await member.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            await using var stream = await response.Content.ReadAsStreamAsync(Ct);
            var part = await EventsOf(stream).ToListAsync(Ct);
            all.AddRange(Settled(part));
            if (part[^1].Name == "end")
            {
                return all;
            }

            Assert.Equal("reader.slow", part[^1].Data.GetProperty("reason").GetString());
            after = part[^1].Id;
        }
    }

    public static async IAsyncEnumerable<Told> EventsOf(Stream body)
    {
        var last = 0L;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(Ct))
        {
            last = long.TryParse(item.EventId, out var id) ? id : last;
            yield return new Told(last, item.EventType, JsonElement.Parse(item.Data));
        }
    }

    /// <summary>The changes of those events that have told everything: what a reader has who goes on after the last number.</summary>
    public static IEnumerable<Told> Settled(List<Told> part) =>
        part.Where(told => told.Name is "node" or "execution" && told.Data.GetProperty("seq").GetInt64() <= part[^1].Id);
}

/// <summary>An event of a stream.</summary>
/// <param name="Id">The last number that the stream gave so far.</param>
internal sealed record Told(long Id, string Name, JsonElement Data);
