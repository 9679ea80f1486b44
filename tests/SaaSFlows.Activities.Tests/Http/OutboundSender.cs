using SaaSFlows.Activities.Http;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Outbound;

namespace SaaSFlows.Activities.Tests.Http;

/// <summary>The port over the product's one HTTP client.</summary>
internal sealed class OutboundSender(OutboundHttp http) : IHttpSender
{
    public async ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct)
    {
        var request = new OutboundRequest(call.Method, call.Url, call.Timeout)
        {
            Headers = call.Headers,
            Body = call.Body,
            ContentType = call.ContentType,
        };
        var result = await http.SendAsync(request, ct);
        return result.Match<HttpAnswer>(
            response => new HttpAnswer.Response(response.Status, response.Headers, response.Body),
            refused => new HttpAnswer.Failed(refused.Code, refused.Message, refused.CanRetry),
            failed => new HttpAnswer.Failed(failed.Code, failed.Message, failed.Retryable)
        );
    }
}
