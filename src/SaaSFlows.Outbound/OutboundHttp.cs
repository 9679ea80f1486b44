using System.Net;
using SaaSFlows.Outbound.Internal;

namespace SaaSFlows.Outbound;

/// <summary>
/// Sends requests to public servers. Every connection, also after a redirect, goes to a checked address. There is one instance per process, which
/// owns the connection pool. Safe for concurrent use.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxResponseHeaders = 200;
    private static readonly string UserAgent = $"SaaSFlows/{typeof(OutboundHttp).Assembly.GetName().Version!.ToString(3)}";

    private readonly OutboundOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestRules _rules;
    private readonly GuardedConnector _connector;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes the client with the operator's options.</summary>
    /// <exception cref="FormatException">A network of the options is not in CIDR notation.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit of the options is not positive.</exception>
    public OutboundHttp(OutboundOptions options, TimeProvider time)
        : this(options, time, Dns.GetHostAddressesAsync) { }

    internal OutboundHttp(OutboundOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRedirects);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxResponseBytes);
        (_options, _time) = (options, time);
        _rules = new(options);
        _connector = new(new(options), resolve);
        _invoker = new(CreateHandler());
    }

    /// <summary>
    /// Creates a handler with the same checks for a library that needs an <see cref="HttpClient"/>: no redirects, no proxy, no cookies. A blocked
    /// address throws an <see cref="HttpRequestException"/>. The caller owns the handler and must limit the size of responses.
    /// </summary>
    public HttpMessageHandler CreateHandler() =>
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = _connector.ConnectAsync,
            ConnectTimeout = _options.ConnectTimeout,
            MaxConnectionsPerServer = _options.MaxConnectionsPerHost,
            MaxResponseHeadersLength = _options.MaxResponseHeaderKilobytes,
            PooledConnectionLifetime = _options.PooledConnectionLifetime,
            PooledConnectionIdleTimeout = _options.PooledConnectionIdleTimeout,
            // No trace ids are sent to servers of others.
            ActivityHeadersPropagator = null,
        };

    /// <summary>
    /// Sends a request, follows redirects and reads the whole answer. Cancelling <paramref name="ct"/> throws; a timeout is a result.
    /// </summary>
    public async Task<OutboundResult> SendAsync(OutboundRequest request, CancellationToken ct)
    {
        if (_rules.Check(request) is { } refused)
        {
            return refused;
        }

        using var deadline = new CancellationTokenSource(request.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await FollowAsync(request with { Method = request.Method.ToUpperInvariant() }, either.Token);
        }
        catch (Exception e) when (Failures.Explain(e, deadline.IsCancellationRequested) is { } failure)
        {
            ct.ThrowIfCancellationRequested();
            return failure;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _invoker.Dispose();

    private async Task<OutboundResult> FollowAsync(OutboundRequest request, CancellationToken ct)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = CreateMessage(request);
            using var response = await _invoker.SendAsync(message, ct);
            if (!Redirects.IsRedirect(response))
            {
                return await ReadAsync(response, request, ct);
            }

            if (redirects == _options.MaxRedirects)
            {
                return new OutboundResult.Refused(OutboundCodes.Redirects, $"More than {_options.MaxRedirects} redirects.");
            }

            var (next, refused) = Redirects.Follow(request, response);
            if ((refused ?? _rules.CheckUri(next!.Uri)) is { } reason)
            {
                return reason;
            }

            request = next!;
        }
    }

    private static HttpRequestMessage CreateMessage(OutboundRequest request)
    {
        var message = new HttpRequestMessage(new(request.Method), request.Uri);
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
        }

        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.ContentType is { } type && message.Content is { } content)
        {
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (!message.Headers.Contains("User-Agent"))
        {
            message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        }

        return message;
    }

    private async Task<OutboundResult> ReadAsync(HttpResponseMessage response, OutboundRequest request, CancellationToken ct)
    {
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value))
            .ToArray();
        if (headers.Length > MaxResponseHeaders)
        {
            return new OutboundResult.Failed(OutboundCodes.TooLarge, $"The response has more than {MaxResponseHeaders} headers.", Retryable: false);
        }

        var most = Math.Min(request.MaxResponseBytes ?? int.MaxValue, _options.MaxResponseBytes);
        return await BoundedBody.ReadAsync(response.Content, most, ct) is { } body
            ? new OutboundResult.Response((int)response.StatusCode, headers, body, request.Uri)
            : new OutboundResult.Failed(OutboundCodes.TooLarge, $"The response is larger than {most} bytes.", Retryable: false);
    }
}
