using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace SaaSFlows.Api.Wire;

/// <summary>Refuses fields in the body of a request to a route that reads no body, so that nothing that a caller wrote is silently ignored.</summary>
internal sealed class BodylessRoutes
{
    private readonly FrozenSet<string> _bodyless;

    // Deliveries of webhooks have bodies: for them this is one look-up.
    private readonly ConcurrentDictionary<Endpoint, bool> _known = new();

    /// <param name="document">The OpenAPI document.</param>
    public BodylessRoutes(JsonElement document) =>
        _bodyless = (
            from path in document.GetProperty("paths").EnumerateObject()
            where path.Name.StartsWith("/api/", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            where operation.Name is "post" or "put" or "patch" or "delete" && !operation.Value.TryGetProperty("requestBody", out _)
            select $"{operation.Name} {path.Name}"
        ).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (
            http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            && http.Request.ContentLength != 0
            && http.GetEndpoint() is RouteEndpoint endpoint
            && _known.GetOrAdd(endpoint, IsBodyless)
            && !(await RequestBody.ReadAsync<NoFields>(http, optional: true)).Is(out _, out var refusal)
        )
        {
            await refusal.ExecuteAsync(http);
            return;
        }

        await next(http);
    }

    private bool IsBodyless(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } template }
        && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [var method, ..]
        && _bodyless.Contains($"{method} /{template.Trim('/')}");

    private sealed record NoFields;
}
