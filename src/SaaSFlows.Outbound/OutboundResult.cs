namespace SaaSFlows.Outbound;

/// <summary>The result of an outgoing request.</summary>
public abstract record OutboundResult
{
    // Private, so the nested cases below are the whole family.
    private OutboundResult(bool canRetry) => CanRetry = canRetry;

    /// <summary>Whether a retry of the same request can succeed.</summary>
    public bool CanRetry { get; }

    /// <summary>Reads the result, whichever it is.</summary>
    public T Match<T>(Func<Response, T> response, Func<Refused, T> refused, Func<Failed, T> failed) =>
        this switch
        {
            Response r => response(r),
            Refused r => refused(r),
            Failed f => failed(f),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    /// <summary>The other side answered, with whatever status.</summary>
    /// <param name="Headers">Headers of message and body; a name can occur more than once.</param>
    /// <param name="Body">Complete and decompressed.</param>
    /// <param name="FinalUri">The address of the answer, after redirects.</param>
    public sealed record Response(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, Uri FinalUri)
        : OutboundResult(Status is 408 or 425 or 429 or >= 500)
    {
        /// <summary>Prints only the status, because the rest is payload.</summary>
        public override string ToString() => $"Response {Status}";
    }

    /// <summary>The request, or its redirect, is against the rules and was not sent.</summary>
    /// <param name="Code">One of <see cref="OutboundCodes"/>.</param>
    /// <param name="Message">For the author of the request. Never names the address that a host name resolved to.</param>
    public sealed record Refused(string Code, string Message) : OutboundResult(canRetry: false);

    /// <summary>The request may have been sent, but there is no complete answer.</summary>
    /// <param name="Code">One of <see cref="OutboundCodes"/>.</param>
    /// <param name="Message">For the author of the request.</param>
    /// <param name="Retryable">The value of <see cref="CanRetry"/>.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : OutboundResult(Retryable);
}
