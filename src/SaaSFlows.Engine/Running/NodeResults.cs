using System.Globalization;
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

    private static ActivityResult.Failed TooDeep { get; } =
        new("node.too_deep", "A value that the node makes is nested deeper than 64 levels; that is the limit.", Retryable: false);

    public static JsonElement JsonNull { get; } = JsonElement.Parse("null");

    /// <summary>Why the answer cannot be accepted; null if it can.</summary>
    public ActivityResult.Failed? Refusal(NodeRun run, ActivityResult result) =>
        result switch
        {
            ActivityResult.Completed { Output.ValueKind: JsonValueKind.Undefined }
                when run.Token is { Loop.ResultLimit: not null } token && IsTooDeep(token.Loop.Output()) => TooDeep,
            ActivityResult.Completed completed => Refusal(run.Token.Node, completed),
            // No event comes by such a name, and the database takes no such text.
            ActivityResult.Suspended { Key: { } key } when key.Contains('\0', StringComparison.Ordinal) => new(
                "node.bad_wait",
                "The key of the node's wait contains a NUL character.",
                Retryable: false
            ),
            ActivityResult.Suspended when run.Activity is not IResumableActivity || run.Token.Node is not { IsMerge: false, Body: null } => new(
                "node.not_resumable",
                "The activity waits, but cannot be resumed.",
                Retryable: false
            ),
            ActivityResult.Iterating iterating => Refusal(run.Token, iterating),
            _ => null,
        };

    /// <summary>
    /// Why the variables that were set cannot be accepted; null if they can. A running sum says so at once, unless the limit is near.
    /// </summary>
    public ActivityResult.Failed? Refusal(NodeRun run, ExecutionState state) =>
        run.VariableBytes > 0
        && state.VariableBytes + run.VariableBytes > limits.VariablesBytes
        && state.VariableBytesWith(run.Token.Scope, run.Variables) is var bytes
        && bytes > limits.VariablesBytes
        && bytes > state.VariableBytes
            ? new(
                "variable.total_too_large",
                $"The variables of the execution would have {bytes:N0} bytes; the limit is {limits.VariablesBytes:N0}.",
                Retryable: false
            )
            : null;

    /// <summary>What is recorded for an accepted answer that does not complete its node.</summary>
    public (JournalEventKind Kind, EventBody Body) Of(NodeRun run, ActivityResult result, DateTimeOffset now) =>
        result switch
        {
            ActivityResult.Suspended suspended => (
                JournalEventKind.NodeSuspended,
                new EventBody.Suspended(
                    run.NextBookmark,
                    suspended.Kind,
                    suspended.Key,
                    suspended.Due is { } due ? JournalBodies.ToMicroseconds(due) : null,
                    run.Variables,
                    run.Logs
                )
                {
                    Data = suspended.Data,
                }
            ),
            ActivityResult.Iterating iterating when run.Token.Loop is null => (
                JournalEventKind.LoopStarted,
                new EventBody.LoopStarted(
                    iterating.Items,
                    iterating.ItemVariable,
                    iterating.IndexVariable,
                    iterating.MaxParallel,
                    iterating.Collect ? limits.OutputBytes : null,
                    [.. run.Logs]
                )
            ),
            ActivityResult.Iterating => (JournalEventKind.IterationStarted, new EventBody.IterationStarted(run.Logs)),
            ActivityResult.Failed failed => (JournalEventKind.NodeFailed, Failed(run, failed, now)),
            _ => throw new InvalidOperationException("The family of activity results is closed."),
        };

    /// <summary>
    /// Whether a node puts out the same bytes in memory that came in, not equal ones: then passing them on costs nothing to record.
    /// </summary>
    public static bool PassesInput(NodeRun run, JsonElement output)
    {
        if (run.Token.Node.IsMerge || run.Input.ValueKind == JsonValueKind.Undefined)
        {
            return false;
        }

        var raw = JsonMarshal.GetRawUtf8Value(output);
        var input = JsonMarshal.GetRawUtf8Value(run.Input);
        return raw.Length == input.Length && Unsafe.AreSame(ref MemoryMarshal.GetReference(raw), ref MemoryMarshal.GetReference(input));
    }

    private ActivityResult.Failed? Refusal(CompiledNode node, ActivityResult.Completed completed)
    {
        if (!node.Has(completed.Port))
        {
            return new("node.unknown_port", $"The activity chose the output port '{completed.Port}', which it does not have.", Retryable: false);
        }

        var bytes = completed.Output.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(completed.Output).Length;
        return bytes > limits.OutputBytes
            ? new("node.output_too_large", $"The output has {bytes:N0} bytes; the limit is {limits.OutputBytes:N0}.", Retryable: false)
            : null;
    }

    private ActivityResult.Failed? Refusal(Token token, ActivityResult.Iterating iterating)
    {
        if (token.Node.Body is null)
        {
            return new("node.not_a_loop", "The activity asked for an iteration, but it is not a loop.", Retryable: false);
        }

        var isArray = iterating.Items.ValueKind == JsonValueKind.Array;
        var limit = Math.Min(iterating.MaxIterations, limits.Iterations);
        if (isArray && iterating.Items.GetArrayLength() is var items && items > limit)
        {
            return new("loop.too_many_iterations", $"The loop has {items:N0} items; the limit is {limit:N0} iterations.", Retryable: false);
        }

        if (isArray && JsonMarshal.GetRawUtf8Value(iterating.Items).Length is var bytes && bytes > limits.ItemsBytes)
        {
            return new(
                "loop.items_too_large",
                $"The items of the loop have {bytes:N0} bytes; the limit is {limits.ItemsBytes:N0}.",
                Retryable: false
            );
        }

        return !isArray && (token.Loop?.Begun ?? 0) >= limit
            ? new("loop.too_many_iterations", $"The condition of the loop holds after {limit:N0} iterations; that is the limit.", Retryable: false)
            : null;
    }

    private EventBody.Failed Failed(NodeRun run, ActivityResult.Failed failed, DateTimeOffset now)
    {
        var (node, token) = (run.Token.Node, run.Token);
        var error = Error(failed);
        if (failed.Retryable && token.State != TokenState.Resuming && token.Failures + 1 < node.Retry.MaxAttempts)
        {
            var wait = RetryWait(node.Retry, run, failed.RetryAfter);
            return new(error, true, AfterFailure.Retry, null, now + wait, wait < ShortRetryWait ? null : run.NextBookmark, run.Logs);
        }

        var (next, port) = node.OnError switch
        {
            // What the branches brought has gone on already: the rest is left behind, and nothing else goes on beside it.
            ErrorHandling.ErrorPort when token.Watched is { HasGonePast: true } => (AfterFailure.Continue, (string?)null),
            ErrorHandling.ErrorPort when node.Has(Ports.Error) => (AfterFailure.ErrorPort, Ports.Error),

            // Branches whose time is up have already left by the main port.
            ErrorHandling.Continue => (AfterFailure.Continue, token.Watched is null ? node.MainPort : null),
            ErrorHandling.Fail or ErrorHandling.ErrorPort => (AfterFailure.Fail, null),
        };
        return new(error, failed.Retryable, next, port, null, null, run.Logs)
        {
            CancelsArrived = next == AfterFailure.ErrorPort && token.Watched is not null,
        };
    }

    // Half of an exponential wait at least, so that retries still thin out.
    private static TimeSpan RetryWait(RetryPolicy policy, NodeRun run, TimeSpan? asked)
    {
        var seconds =
            policy.Backoff == "exponential"
                ? Math.Min(policy.InitialSeconds * Math.Pow(2, run.Token.Failures), LongestRetryWait.TotalSeconds)
                    * (1 - (RunIds.Fraction(run.IdempotencyKey, run.Attempt) / 2))
                : policy.InitialSeconds;
        if (asked > TimeSpan.FromSeconds(seconds))
        {
            seconds = asked.Value.TotalSeconds;
            run.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The other side asks to wait {asked.Value.TotalSeconds:N0} s before the next "
                        + $"try{(asked > LongestRetryWait ? $"; at most {LongestRetryWait.TotalSeconds:N0} s are waited" : "")}."
                )
            );
        }

        var wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestRetryWait.TotalSeconds));
        return new(wait.Ticks - (wait.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static bool IsTooDeep(JsonElement value)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value), new JsonReaderOptions { MaxDepth = JsonScratch.Nested.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= 64)
            {
                return true;
            }
        }

        return false;
    }

    private JsonElement Error(ActivityResult.Failed failed)
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        writer.WriteString("code"u8, failed.Code);
        writer.WriteString("message"u8, failed.Message);
        if (failed.Detail.ValueKind != JsonValueKind.Undefined)
        {
            var detail = JsonMarshal.GetRawUtf8Value(failed.Detail);
            writer.WritePropertyName("detail"u8);
            writer.WriteRawValue(
                detail.Length <= limits.OutputBytes ? detail : "{\"omitted\":\"over the limit of one output\"}"u8,
                skipInputValidation: true
            );
        }

        writer.WriteEndObject();
        var error = JsonElement.Parse(scratch.Written, JsonScratch.Nested);
        return failed.Detail.ValueKind == JsonValueKind.Undefined || !IsTooDeep(error)
            ? error
            : Error(failed with { Detail = JsonElement.Parse("{\"omitted\":\"nested too deeply\"}") });
    }
}
