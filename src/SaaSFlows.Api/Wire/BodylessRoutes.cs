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

    /// <param name="document">The OpenAPI document.</param>
    public BodylessRoutes(byte[] document) => _bodyless =
        (from path in JsonElement.Parse(document).GetProperty("paths").EnumerateObject()
         where path.Name.StartsWith("/api/", StringComparison.Ordinal)
         from operation in path.Value.EnumerateObject()
         where operation.Name is "post" or "put" or "patch" or "delete" && !operation.Value.TryGetProperty("requestBody", out _)
         select $"{operation.Name} {path.Name}").ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true && http.Request.ContentLength != 0
            && http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } template } && _bodyless.Contains($"{http.Request.Method} /{template.Trim('/')}")
            && !(await RequestBody.ReadAsync<NoFields>(http, optional: true)).Is(out _, out var refusal))
        {
            await refusal.ExecuteAsync(http);
            return;
        }

        await next(http);
    }

    private sealed record NoFields;
}
