using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Http;

/// <summary>Sends an HTTP request to the outside. Which addresses may be reached, redirects and size limits are its business.</summary>
public interface IHttpSender
{
    /// <summary>
    /// Sends one request and reads the whole response. Answers with <see cref="HttpAnswer.Failed"/> where there was none; never retries.
    /// </summary>
    ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct);
}

/// <summary>An HTTP request.</summary>
/// <param name="Method">In upper case.</param>
/// <param name="Headers">As the author gave them, without Content-Type.</param>
/// <param name="Body">Null for none.</param>
/// <param name="ContentType">Null exactly if there is no body and the author gave none.</param>
/// <param name="Timeout">For the whole exchange, redirects included.</param>
public sealed record HttpCall(
    string Method,
    Uri Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte>? Body,
    string? ContentType,
    TimeSpan Timeout
)
{
    // Headers and bodies hold secrets.
    public override string ToString() => $"{Method} ***";
}

/// <summary>What became of a request. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record HttpAnswer
{
    // Private, so the nested cases below are the whole family.
    private HttpAnswer() { }

    public T Match<T>(Func<Response, T> response, Func<Failed, T> failed) =>
        this switch
        {
            Response answer => response(answer),
            Failed answer => failed(answer),
            _ => throw new InvalidOperationException("The family of HTTP answers is closed."),
        };

    /// <summary>The other side answered, with whatever status.</summary>
    public sealed record Response(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body) : HttpAnswer
    {
        public override string ToString() => $"Response {Status} ***";
    }

    /// <summary>There is no answer: the request was refused, or the other side could not be reached in time.</summary>
    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author; names no internal address.</param>
    /// <param name="Retryable">Whether trying again can help.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : HttpAnswer;
}
