using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>Reads stored events, also those of every older version. A body that cannot be read throws: the journal is broken.</summary>
internal static class EventBodyReader
{
    public static Fact Read(JournalEvent recorded) =>
        new(
            recorded.Kind,
            recorded.Node,
            recorded.Scope,
            recorded.Token,
            recorded.Attempt,
            recorded.Ordinal,
            recorded.At,
            ReadBody(recorded.Kind, recorded.Body.Span)
        );

    private static EventBody? ReadBody(JournalEventKind kind, ReadOnlySpan<byte> utf8)
    {
        if (kind is JournalEventKind.EffectIntended or JournalEventKind.TokenAbsorbed or JournalEventKind.ExecutionCancelled)
        {
            return null;
        }

        var body = utf8.IsEmpty ? JsonElement.Parse("{}") : JsonElement.Parse(utf8, JsonScratch.Nested);
        return kind switch
        {
            JournalEventKind.ExecutionStarted => new EventBody.Started(
                Required(body, "trigger"),
                Value(body, "input"),
                Value(body, "variables"),
                Value(body, "env"),
                Value(body, "metadata"),
                ReadSeed(body)
            )
            {
                Place = Value(body, "place"),
            },
            JournalEventKind.NodeCompleted => ReadCompleted(body),
            JournalEventKind.NodeFailed => new EventBody.Failed(
                Value(body, "error"),
                Flag(body, "retryable"),
                Next(Required(body, "next")),
                Text(body, "port"),
                Time(body, "retry_at"),
                Bookmark(body),
                Logs(body)
            )
            {
                CancelsArrived = Flag(body, "cancels_arrived"),
            },
            JournalEventKind.NodeSuspended => new EventBody.Suspended(
                Bookmark(body) ?? throw Broken("bookmark"),
                Required(body, "kind"),
                Text(body, "key"),
                Time(body, "due"),
                Variables(body),
                Logs(body)
            )
            {
                Data = Value(body, "data"),
            },
            JournalEventKind.StimulusReceived => new EventBody.Stimulated(
                Bookmark(body) ?? throw Broken("bookmark"),
                Required(body, "kind"),
                Value(body, "payload")
            ),
            JournalEventKind.LoopStarted => new EventBody.LoopStarted(
                Value(body, "items"),
                Text(body, "item"),
                Text(body, "index"),
                Number(body, "max_parallel") ?? 1,
                Number(body, "collect"),
                Logs(body)
            ),
            JournalEventKind.IterationStarted => new EventBody.IterationStarted(Logs(body)),
            JournalEventKind.NodeSkipped => new EventBody.Skipped(Required(body, "reason"), Text(body, "port")),
            JournalEventKind.CancelRequested => new EventBody.CancelRequested(Text(body, "by"), Text(body, "reason")),
            JournalEventKind.ExecutionCompleted => new EventBody.ExecutionCompleted(
                Value(body, "output"),
                Variables(body).ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal)
            ),
            JournalEventKind.ExecutionFailed => new EventBody.ExecutionFailed(Required(body, "code"), Required(body, "message"), Text(body, "node")),
            _ => throw new InvalidOperationException($"The journal holds an event of unknown kind {(short)kind}."),
        };
    }

    private static StartSeed? ReadSeed(JsonElement body) =>
        Text(body, "at") is { } at && Value(body, "seed") is { ValueKind: JsonValueKind.Object } seed
            ? new(new(at), Value(seed, "input"), Value(seed, "trigger"), Value(seed, "outputs"))
            : null;

    private static EventBody.Completed ReadCompleted(JsonElement body)
    {
        var passesInput = Flag(body, "passes_input");

        // Absent and null mean the same, so a node that puts out nothing puts out null.
        var output =
            passesInput ? default
            : body.TryGetProperty("output"u8, out var given) ? given
            : JsonNull;
        return new(Text(body, "port"), output, passesInput, Variables(body), Logs(body), Bookmark(body), Time(body, "due"));
    }

    private static JsonElement JsonNull { get; } = JsonElement.Parse("null");

    private static JsonElement Value(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Required(JsonElement body, string name) => Text(body, name) ?? throw Broken(name);

    private static int? Number(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    private static bool Flag(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static DateTimeOffset? Time(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetDateTimeOffset() : null;

    private static BookmarkId? Bookmark(JsonElement body) => body.TryGetProperty("bookmark"u8, out var value) ? new(value.GetGuid()) : null;

    private static IReadOnlyList<Variable> Variables(JsonElement body)
    {
        var set = body.TryGetProperty("variables"u8, out var variables);
        var setLocals = body.TryGetProperty("locals"u8, out var locals);
        return set || setLocals
            ?
            [
                .. set ? variables.EnumerateObject().Select(property => new Variable(property.Name, property.Value)) : [],
                .. setLocals ? locals.EnumerateObject().Select(property => new Variable(property.Name, property.Value, IsLocal: true)) : [],
            ]
            : [];
    }

    private static IReadOnlyList<string> Logs(JsonElement body) =>
        body.TryGetProperty("logs"u8, out var value) ? [.. value.EnumerateArray().Select(line => line.GetString() ?? "")] : [];

    private static AfterFailure Next(string text) =>
        text switch
        {
            "retry" => AfterFailure.Retry,
            "error_port" => AfterFailure.ErrorPort,
            "continue" => AfterFailure.Continue,
            "fail" => AfterFailure.Fail,
            _ => throw Broken("next"),
        };

    private static InvalidOperationException Broken(string field) => new($"The journal holds an event whose field '{field}' is missing or unknown.");
}
