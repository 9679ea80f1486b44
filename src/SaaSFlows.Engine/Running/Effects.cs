using System.Threading.Channels;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Running;

/// <summary>Something that a waiting runner must look at.</summary>
internal abstract record RunnerMessage
{
    // Private, so the nested cases below are the whole family.
    private RunnerMessage()
    {
    }

    /// <param name="Result">Null: the effect was interrupted and nobody knows what came of it.</param>
    public sealed record EffectEnded(NodeRun Run, ActivityResult? Result) : RunnerMessage;

    /// <summary>An effect could not even be run; the runner dies of it.</summary>
    public sealed record Broken(Exception Error) : RunnerMessage;

    /// <summary>Facts wait in the inbox.</summary>
    public sealed record NewFacts : RunnerMessage;

    /// <summary>The process is shutting down.</summary>
    public sealed record Drain : RunnerMessage;

    /// <summary>A time that the runner waited for has come.</summary>
    public sealed record Tick : RunnerMessage;
}

/// <summary>Does deeds, each on its own, and reports how they ended.</summary>
internal sealed class Effects(RunnerContext context, ChannelWriter<RunnerMessage> results) : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();

    public void Start(NodeRun run)
    {
        run.Interruption = CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token);
        _ = Task.Run(() => DoAsync(run), CancellationToken.None);
    }

    /// <summary>Tells one effect to stop, if it still runs.</summary>
    public static void Interrupt(NodeRun run)
    {
        try
        {
            run.Interruption?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just answered.
        }
    }

    /// <summary>Tells all running effects to stop.</summary>
    public void Interrupt() => _interrupt.Cancel();

    // Not disposed of: effects that were left behind still hold its token, and it has no timer.
    public void Dispose() => _interrupt.Cancel();

    private async Task DoAsync(NodeRun run)
    {
        try
        {
            context.Probe.Reached(CrashPoint.BeforeEffect);
            var result = await TryAsync(run);
            context.Probe.Reached(CrashPoint.AfterEffect);
            results.TryWrite(new RunnerMessage.EffectEnded(run, result));
        }
#pragma warning disable CA1031 // Whatever it is, the runner must hear of it: nobody else waits for this task.
        catch (Exception error)
#pragma warning restore CA1031
        {
            results.TryWrite(new RunnerMessage.Broken(error));
        }
    }

    private async Task<ActivityResult?> TryAsync(NodeRun run)
    {
        using var interruption = run.Interruption!;
        var interrupted = interruption.Token;
        using var timeout = new CancellationTokenSource(run.Token.Node.Timeout ?? Timeout.InfiniteTimeSpan, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, interrupted);
        try
        {
            return await WithGraceAsync(NodeActivity.RunAsync(run, context.Logger, either.Token).AsTask(), either.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException && either.IsCancellationRequested)
        {
            return interrupted.IsCancellationRequested
                ? null
                : new ActivityResult.Failed("node.timeout", $"The node gave no answer within {run.Token.Node.Timeout?.TotalSeconds} s.", Retryable: true);
        }
    }

    // An activity that is told to stop may still say how far it came; one that does not listen is left behind.
    private async Task<ActivityResult> WithGraceAsync(Task<ActivityResult> deed, CancellationToken ct)
    {
        try
        {
            return await deed.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (!deed.IsCompleted)
        {
            return await deed.WaitAsync(context.Options.InterruptGrace, context.Time, CancellationToken.None);
        }
    }
}
