using System.Diagnostics;
using SaaSFlows.Activities.Http;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Outbound;

namespace SaaSFlows.Automation.Outside;

/// <summary>Sends requests of activities through <c>OutboundHttp</c>.</summary>
internal sealed class OutboundSender(OutboundHttp outbound, ExecutionTraces traces) : IHttpSender
{
    private const string TraceParent = "traceparent";

    public async ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct)
    {
        using var span = await traces.StartAsync(execution, call.Method, ActivityKind.Client, ct);
        span?.SetTag("http.request.method", call.Method).SetTag("server.address", call.Url.Host);
        var request = new OutboundRequest(call.Method, call.Url, call.Timeout)
        {
            Headers = span is null
                ? call.Headers
                : [.. call.Headers.Where(header => !header.Key.Equals(TraceParent, StringComparison.OrdinalIgnoreCase)), new(TraceParent, span.Id!)],
            Body = call.Body,
            ContentType = call.ContentType,
        };
        var result = await outbound.SendAsync(request, ct);
        return result.Match<HttpAnswer>(
            response =>
            {
                span?.SetTag("http.response.status_code", response.Status);
                return new HttpAnswer.Response(response.Status, response.Headers, response.Body);
            },
            refused => new HttpAnswer.Failed(refused.Code, refused.Message, refused.CanRetry),
            failed => new HttpAnswer.Failed(failed.Code, failed.Message, failed.CanRetry)
        );
    }
}
