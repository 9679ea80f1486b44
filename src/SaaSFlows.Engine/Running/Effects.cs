using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Running;

/// <summary>The effects of one execution, from the intent to the answer. Does each deed on its own and reports how it ended.</summary>
internal sealed class Effects(RunnerContext context, Mailbox results) : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly HashSet<int> _inHand = [];
    private readonly List<NodeRun> _intended = [];
    private readonly List<NodeRun> _begun = [];

    /// <summary>Numbers of the tokens whose effects are intended or run.</summary>
    public IReadOnlySet<int> InHand => _inHand;

    public void Intend(NodeRun run)
    {
        _inHand.Add(run.Token.Id);
        _intended.Add(run);
    }

    /// <summary>Begins what is intended; to be called when the intents are stored.</summary>
    public void BeginIntended()
    {
        _intended.ForEach(Start);
        _begun.AddRange(_intended);
        _intended.Clear();
    }

    /// <summary>Takes note that an effect has answered; false if nobody waits for that any more.</summary>
    public bool End(NodeRun run)
    {
        _begun.Remove(run);
        return _inHand.Remove(run.Token.Id);
    }

    /// <summary>Forgets the effect of a token that was cancelled, and tells it to stop.</summary>
    public void Drop(int token)
    {
        if (_inHand.Remove(token))
        {
            _intended.RemoveAll(run => run.Token.Id == token);
            _begun.FindAll(run => run.Token.Id == token).ForEach(Interrupt);
            _begun.RemoveAll(run => run.Token.Id == token);
        }
    }

    /// <summary>Tells what runs to stop; what is only intended is not begun any more.</summary>
    public void Stop()
    {
        _intended.ForEach(run => _inHand.Remove(run.Token.Id));
        _intended.Clear();
        Interrupt();
    }

    /// <summary>Tells all running effects to stop; may come from any thread.</summary>
    public void Interrupt() => _interrupt.Cancel();

    // Not disposed of: effects that were left behind still hold its token, and it has no timer.
    public void Dispose() => _interrupt.Cancel();

    private static void Interrupt(NodeRun run)
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

    private void Start(NodeRun run)
    {
        run.Interruption = CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token);
        _ = Task.Run(() => DoAsync(run), CancellationToken.None);
    }

    private async Task DoAsync(NodeRun run)
    {
        try
        {
            context.Probe.Reached(CrashPoint.BeforeEffect);
            var result = await TryAsync(run);
            context.Probe.Reached(CrashPoint.AfterEffect);
            results.Tell(new RunnerMessage.EffectEnded(run, result));
        }
#pragma warning disable CA1031 // Whatever it is, the runner must hear of it: nobody else waits for this task.
        catch (Exception error)
#pragma warning restore CA1031
        {
            results.Tell(new RunnerMessage.Broken(error));
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
                : new ActivityResult.Failed(
                    "node.timeout",
                    $"The node did not answer within {run.Token.Node.Timeout?.TotalSeconds} s.",
                    Retryable: true
                );
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
