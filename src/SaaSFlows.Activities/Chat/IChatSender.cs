using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Chat;

/// <summary>Writes into the built-in chat.</summary>
public interface IChatSender
{
    /// <summary>
    /// Writes a message as the workflow. A second call with the same key writes nothing and answers with the first message. A channel that the
    /// execution's community does not own is answered with <see cref="ChatSendResult.Failed"/>, code <c>chat.channel_not_found</c>.
    /// </summary>
    ValueTask<ChatSendResult> SendAsync(ExecutionRef execution, EntityId channel, string text, string idempotencyKey, CancellationToken ct);
}

/// <summary>What became of a message. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ChatSendResult
{
    // Private, so the nested cases below are the whole family.
    private ChatSendResult() { }

    public T Match<T>(Func<Sent, T> sent, Func<Failed, T> failed) =>
        this switch
        {
            Sent result => sent(result),
            Failed result => failed(result),
            _ => throw new InvalidOperationException("The family of chat results is closed."),
        };

    /// <summary>The message is stored.</summary>
    public sealed record Sent(long MessageId, DateTimeOffset SentAt) : ChatSendResult;

    /// <summary>The message was not written.</summary>
    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author.</param>
    /// <param name="Retryable">Whether trying again can help.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : ChatSendResult;
}
