using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Wire;

/// <summary>Tells the paths of documents 003 and 004, whose answers have no envelope.</summary>
internal static class UnversionedPaths
{
    private static readonly PathString Api = "/api";
    private static readonly PathString Version = "/v1";

    /// <summary>True below <c>/api</c> but for <c>/api/v1</c>, whether there is such a route or not.</summary>
    public static bool IsUnversioned(this HttpContext http) =>
        http.Request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase, out var rest)
        && rest.HasValue
        && !rest.StartsWithSegments(Version, StringComparison.OrdinalIgnoreCase);
}
