using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Running;

/// <summary>Something that a waiting runner must look at.</summary>
internal abstract record RunnerMessage
{
    // Private, so the nested cases below are the whole family.
    private RunnerMessage() { }

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

/// <summary>
/// Where a runner is told things, from any thread. Most are told nothing: the channel is made for the first message, or to wait for it.
/// </summary>
internal sealed class Mailbox
{
    private Channel<RunnerMessage>? _channel;

    private Channel<RunnerMessage> Channel =>
        LazyInitializer.EnsureInitialized(
            ref _channel,
            static () => System.Threading.Channels.Channel.CreateUnbounded<RunnerMessage>(new UnboundedChannelOptions { SingleReader = true })
        );

    public void Tell(RunnerMessage message) => Channel.Writer.TryWrite(message);

    public bool TryTake([NotNullWhen(true)] out RunnerMessage? message)
    {
        message = null;
        return Volatile.Read(ref _channel)?.Reader.TryRead(out message) == true;
    }

    /// <summary>Waits until there is a message to take.</summary>
    public async ValueTask WaitAsync(CancellationToken ct) => await Channel.Reader.WaitToReadAsync(ct);
}
