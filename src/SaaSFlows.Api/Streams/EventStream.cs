using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Streams;

/// <summary>The answer that is a stream of server-sent events.</summary>
/// <param name="tenant">Who is told something.</param>
/// <param name="events">As they come.</param>
internal sealed class EventStream(TenantId tenant, IAsyncEnumerable<ServerSentEvent> events) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var streams = httpContext.RequestServices.GetRequiredService<OpenStreams>();
        using var opened = streams.TryOpen(tenant, "sse");
        await (opened is null ? streams.TooMany.ExecuteAsync(httpContext) : ServerSentEvents.WriteAsync(httpContext, events));
    }
}
