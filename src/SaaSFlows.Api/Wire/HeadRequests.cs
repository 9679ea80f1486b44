using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace SaaSFlows.Api.Wire;

/// <summary>Lets routes that answer GET answer HEAD too: the same but for the body, which Kestrel leaves away.</summary>
internal static class HeadRequests
{
    /// <summary>Routes that are mapped on the result answer HEAD.</summary>
    public static IEndpointRouteBuilder WithHead(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(AddHead);
        return group;
    }

    /// <summary>GET starts or ends something here. HEAD must not (RFC 9110, section 9.2.1), so it is refused.</summary>
    public static TBuilder WithoutHead<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Acts());

    private static void AddHead(EndpointBuilder endpoint)
    {
        var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods;
        if (methods is ["GET"] && !endpoint.Metadata.OfType<Acts>().Any())
        {
            endpoint.Metadata.Add(new HttpMethodMetadata(["GET", "HEAD"]));
        }
    }

    private sealed class Acts;
}
