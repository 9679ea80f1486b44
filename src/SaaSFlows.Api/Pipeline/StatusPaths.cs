using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// Addresses that say how this process is. They look at no credentials and at no tenant's name, so that they answer whatever else is away.
/// </summary>
internal static class StatusPaths
{
    private static readonly PathString[] All = ["/health", "/metrics"];

    public static bool Contain(PathString path) => All.Any(one => path.StartsWithSegments(one, StringComparison.OrdinalIgnoreCase));

    /// <summary>Declares that a route answers while the database is away.</summary>
    public static TBuilder NeedsNoDatabase<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoDatabase());
}

/// <summary>A route that answers while the database is away.</summary>
internal sealed class NeedsNoDatabase;
