using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Running;

/// <summary>Turns what an activity answered into what is recorded.</summary>
internal sealed class NodeResults(EngineLimits limits)
{
    private static readonly TimeSpan LongestRetryWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortRetryWait = TimeSpan.FromSeconds(1);

    public static JsonElement JsonNull { get; } = JsonElement.Parse("null");

    public (JournalEventKind Kind, EventBody Body) Of(NodeRun run, ActivityResult result, DateTimeOffset now) => result switch
    {
        ActivityResult.Completed completed => Completed(run, completed, now),
        ActivityResult.Suspended suspended => Suspended(run, suspended, now),
        ActivityResult.Failed failed => Failed(run, failed, now),
        _ => throw new InvalidOperationException("The family of activity results is closed."),
    };

    private (JournalEventKind, EventBody) Completed(NodeRun run, ActivityResult.Completed completed, DateTimeOffset now)
    {
        var node = run.Token.Node;
        if (!node.Has(completed.Port))
        {
            return Failed(run, new("node.unknown_port", $"The activity left by a port '{completed.Port}' that it does not have.", Retryable: false), now);
        }

        var output = completed.Output.ValueKind == JsonValueKind.Undefined ? JsonNull : completed.Output;
        var raw = JsonMarshal.GetRawUtf8Value(output);
        if (raw.Length > limits.OutputBytes)
        {
            return Failed(run, TooLarge(raw.Length), now);
        }

        var passesInput = !node.IsMerge && IsSame(raw, run.Input);
        return (
            JournalEventKind.NodeCompleted,
            new EventBody.Completed(completed.Port, passesInput ? default : output, passesInput, run.Variables, run.Logs));
    }

    private ActivityResult.Failed TooLarge(int bytes)
        => new("node.output_too_large", $"The output has {bytes:N0} bytes; the limit is {limits.OutputBytes:N0}.", Retryable: false);

    // The same bytes in memory, not equal ones: a node that passes its input on costs nothing to record.
    private static bool IsSame(ReadOnlySpan<byte> raw, JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.Undefined)
        {
            return false;
        }

        var other = JsonMarshal.GetRawUtf8Value(input);
        return raw.Length == other.Length && Unsafe.AreSame(ref MemoryMarshal.GetReference(raw), ref MemoryMarshal.GetReference(other));
    }

    private (JournalEventKind, EventBody) Suspended(NodeRun run, ActivityResult.Suspended suspended, DateTimeOffset now)
    {
        if (run.Activity is not IResumableActivity || run.Token.Node.IsMerge)
        {
            return Failed(run, new("node.not_resumable", "The activity waits, but cannot be resumed.", Retryable: false), now);
        }

        DateTimeOffset? due = suspended.Due is { } given ? JournalBodies.ToMicroseconds(given) : null;
        return (JournalEventKind.NodeSuspended, new EventBody.Suspended(run.NextBookmark, suspended.Kind, suspended.Key, due, run.Variables, run.Logs));
    }

    private (JournalEventKind, EventBody) Failed(NodeRun run, ActivityResult.Failed failed, DateTimeOffset now)
    {
        var node = run.Token.Node;
        var isResume = run.Token.State == TokenState.Resuming;
        var error = Error(failed);
        if (failed.Retryable && !isResume && run.Token.Failures + 1 < node.Retry.MaxAttempts)
        {
            var wait = RetryWait(node.Retry, run.Token.Failures);
            return (JournalEventKind.NodeFailed, new EventBody.Failed(
                error, true, AfterFailure.Retry, null, now + wait, wait < ShortRetryWait ? null : run.NextBookmark, run.Logs));
        }

        var (next, port) = node.OnError switch
        {
            ErrorHandling.ErrorPort when node.Has(Ports.Error) => (AfterFailure.ErrorPort, Ports.Error),
            ErrorHandling.Continue => (AfterFailure.Continue, node.MainPort),
            ErrorHandling.Fail or ErrorHandling.ErrorPort => (AfterFailure.Fail, null),
        };
        return (JournalEventKind.NodeFailed, new EventBody.Failed(error, failed.Retryable, next, port, null, null, run.Logs));
    }

    private static TimeSpan RetryWait(RetryPolicy policy, int failuresBefore)
    {
        var seconds = policy.Backoff == "exponential" ? policy.InitialSeconds * Math.Pow(2, failuresBefore) : policy.InitialSeconds;
        var wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestRetryWait.TotalSeconds));
        return new(wait.Ticks - (wait.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private JsonElement Error(ActivityResult.Failed failed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, EventBodyWriter.Options);
        writer.WriteStartObject();
        writer.WriteString("code"u8, failed.Code);
        writer.WriteString("message"u8, failed.Message);
        if (failed.Detail.ValueKind != JsonValueKind.Undefined)
        {
            var detail = JsonMarshal.GetRawUtf8Value(failed.Detail);
            writer.WritePropertyName("detail"u8);
            writer.WriteRawValue(detail.Length <= limits.OutputBytes ? detail : "{\"omitted\":\"over the limit of one output\"}"u8, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
