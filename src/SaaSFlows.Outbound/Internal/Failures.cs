using System.Net.Sockets;

namespace SaaSFlows.Outbound.Internal;

/// <summary>Turns exceptions of <see cref="SocketsHttpHandler"/> into results.</summary>
internal static class Failures
{
    /// <summary>The result for a failed exchange; null for an exception that is a bug.</summary>
    public static OutboundResult? Explain(Exception exception, bool outOfTime)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is OutboundException carried)
            {
                return carried.Result;
            }
        }

        return exception switch
        {
            _ when outOfTime => new OutboundResult.Failed(OutboundCodes.Timeout, "The request timed out.", Retryable: true),
            OperationCanceledException => new OutboundResult.Failed(OutboundCodes.Connect, "Opening the connection timed out.", Retryable: true),
            HttpRequestException e => Explain(e.HttpRequestError),
            HttpIOException e => Explain(e.HttpRequestError),
            InvalidDataException => new OutboundResult.Failed(OutboundCodes.Protocol, "The response can't be decompressed.", Retryable: false),
            IOException or SocketException => Explain(HttpRequestError.ResponseEnded),
            _ => null,
        };
    }

    private static OutboundResult.Failed Explain(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => new(OutboundCodes.Dns, "The host was not found.", Retryable: true),
            HttpRequestError.ConnectionError => new(OutboundCodes.Connect, "No connection to the host.", Retryable: true),
            HttpRequestError.SecureConnectionError => new(
                OutboundCodes.Tls,
                "The secure connection failed: the certificate or the protocol was not accepted.",
                Retryable: false
            ),
            HttpRequestError.ConfigurationLimitExceeded => new(OutboundCodes.TooLarge, "The response headers are too large.", Retryable: false),
            HttpRequestError.ResponseEnded => new(OutboundCodes.Protocol, "The connection ended before the response was complete.", Retryable: true),
            _ => new(OutboundCodes.Protocol, "The response is not valid HTTP.", Retryable: true),
        };
}
