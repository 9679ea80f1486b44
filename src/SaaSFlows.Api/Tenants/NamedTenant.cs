using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Tenants;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Tenants;

/// <summary>Which tenant a request names, before anybody has signed in.</summary>
internal static class NamedTenant
{
    public static IResult Unclear => Answers.Error(ErrorCode.NotFound, "tenant.not_found", "The host, the path and the body name different tenants.");

    /// <summary>False if host, path and body contradict each other. Null names none.</summary>
    public static bool TryRead(HttpContext http, TenantOptions options, string? path, string? body, out string? slug)
    {
        var named = new[] { OfHost(http.Request.Host.Host, options.Domain), path, body }
            .Where(name => name is not null).Select(name => name!.ToLowerInvariant()).Distinct().ToList();
        slug = named.FirstOrDefault();
        return named.Count < 2;
    }

    private static string? OfHost(string host, string domain)
    {
        var end = host.Length - domain.Length - 1;
        return domain.Length > 0 && end > 0 && host[end] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            && !TenantOptions.Reserved.Contains(host[..end], StringComparer.OrdinalIgnoreCase) ? host[..end] : null;
    }
}
