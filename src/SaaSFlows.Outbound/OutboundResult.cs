namespace SaaSFlows.Outbound;

/// <summary>How a request to the outside ended.</summary>
public abstract record OutboundResult
{
    // Private, so the nested cases below are the whole family.
    private OutboundResult(bool canRetry) => CanRetry = canRetry;

    /// <summary>Whether the same request may succeed later.</summary>
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
    /// <param name="Headers">Of message and body; a name may stand there more than once.</param>
    /// <param name="Body">Complete and decompressed.</param>
    /// <param name="FinalUri">Where the answer came from, after redirects.</param>
    public sealed record Response(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, Uri FinalUri)
        : OutboundResult(Status is 408 or 425 or 429 or >= 500)
    {
        /// <summary>Says the status only: the rest is payload.</summary>
        public override string ToString() => $"Response {Status}";
    }

    /// <summary>The request is against the rules; it, or what followed its redirect, was not sent.</summary>
    /// <param name="Code">One of <see cref="OutboundCodes"/>.</param>
    /// <param name="Message">For the author of the request. Never names an address a host name led to.</param>
    public sealed record Refused(string Code, string Message) : OutboundResult(canRetry: false);

    /// <summary>The request was or may have been sent, but no complete answer came back.</summary>
    /// <param name="Code">One of <see cref="OutboundCodes"/>.</param>
    /// <param name="Message">For the author of the request.</param>
    /// <param name="Retryable">The value of <see cref="CanRetry"/>.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : OutboundResult(Retryable);
}
