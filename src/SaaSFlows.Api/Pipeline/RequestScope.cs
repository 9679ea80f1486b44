using System.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// What the log lines of a request say of it, as far as it is known by then. It does not hold the request: what that started may write lines
/// after its end.
/// </summary>
internal sealed class RequestScope(string correlationId) : IReadOnlyCollection<KeyValuePair<string, object?>>
{
    /// <summary>What the caller calls the request, or what we call it.</summary>
    public string CorrelationId => correlationId;

    /// <summary>The route's template, never the path: paths hold tokens. Null before routing, and where there is no route.</summary>
    public string? Route { get; set; }

    /// <summary>Whose data the request concerns; null while that is not known.</summary>
    public Guid? Tenant { get; set; }

    public int Count => 3;

    public static RequestScope Of(HttpContext http) => http.Features.GetRequiredFeature<RequestScope>();

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return new("correlation_id", correlationId);
        yield return new("tenant", Tenant);
        yield return new("route", Route);
    }

    public override string ToString() => $"{correlationId} {Route}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
