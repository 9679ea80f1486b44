using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// The tenant that a request names by its host (acme.localhost) or its path (/t/acme/api/v1/…). Hosts that are not below the product's domain, such
/// as addresses, name none, and the request goes on. A name that no tenant has is not found, whatever the route: there is no default.
/// </summary>
internal sealed record NamedTenant(TenantId TenantId, string Slug)
{
    /// <summary>Holds the tenant's id or slug.</summary>
    public const string Header = "X-Tenant";

    private static readonly PathString PathPrefix = "/t";
    private static readonly PathString PathRest = "/api";

    /// <summary>Host, path and body name different tenants.</summary>
    public static IResult Unclear => Answers.Error(ErrorCode.NotFound, "tenant.not_found", "The host, the path and the body name different tenants.");

    /// <summary>Something that leads to another tenant than the named one.</summary>
    public static IResult LeadsElsewhere =>
        Answers.Error(
            ErrorCode.Conflict,
            "tenant.other_address",
            "This address belongs to one tenant, and that would lead to another. Use the other tenant's address, or one that names none."
        );

    /// <summary>Null if the request names none.</summary>
    public static NamedTenant? Of(HttpContext http) => http.Features.Get<NamedTenant>();

    /// <summary>True for a tenant that the request names, or if it names none.</summary>
    public static bool Allows(HttpContext http, TenantId tenant) => Of(http) is not { } named || named.TenantId == tenant;

    /// <summary>False if host, path and body contradict each other. Null names none.</summary>
    public static bool TryRead(HttpContext http, string? path, string? body, out string? slug)
    {
        var named = new[] { Of(http)?.Slug, path, body }.Where(name => name is not null).Select(name => name!.ToLowerInvariant()).Distinct().ToList();
        slug = named.FirstOrDefault();
        return named.Count < 2;
    }

    /// <summary>Finds the named tenant, before routing: the path's prefix is no part of any route.</summary>
    public static async Task ReadAsync(
        HttpContext http,
        RequestDelegate next,
        TenantNames tenants,
        TenantOptions options,
        DatabaseAvailability database
    )
    {
        var byHost = OfHost(http.Request.Host.Host, options.Domain)?.ToLowerInvariant();
        var byPath = TakeFromPath(http.Request)?.ToLowerInvariant();
        if ((byHost ?? byPath) is not { } slug || StatusPaths.Contain(http.Request.Path))
        {
            await next(http);
            return;
        }

        if (byHost is not null && byPath is not null && byHost != byPath)
        {
            await Unclear.ExecuteAsync(http);
            return;
        }

        if (database.WhileAnswering().IsCancellationRequested)
        {
            await DatabaseGate.Away.ExecuteAsync(http);
            return;
        }

        if (await tenants.FindAsync(slug, http.RequestAborted) is not { } tenant)
        {
            await Answers.Error(ErrorCode.NotFound, "tenant.not_found", "No such tenant.").ExecuteAsync(http);
            return;
        }

        http.Features.Set(new NamedTenant(tenant, slug));
        await next(http);
    }

    /// <summary>Refuses who is signed in to another tenant than the one that the address or the header names, on every route.</summary>
    public static async Task CheckAsync(HttpContext http, RequestDelegate next, TenantNames tenants)
    {
        if (http.Features.Get<Caller>() is { } caller)
        {
            var place =
                !Allows(http, caller.TenantId) ? "address"
                : await HeaderNamesAnotherAsync(http, caller.TenantId, tenants) ? $"header {Header}"
                : null;
            if (place is not null)
            {
                await Answers
                    .Error(ErrorCode.Forbidden, "tenant.other_address", $"The token or key is another tenant's than the one that the {place} names.")
                    .ExecuteAsync(http);
                return;
            }
        }

        await next(http);
    }

    /// <summary>The address of the product itself, also for a request that came to a tenant's.</summary>
    public static string ProductUrl(HttpContext http, TenantOptions options)
    {
        var host = http.Request.Host;
        return OfHost(host.Host, options.Domain) is not null
            ? $"{http.Request.Scheme}://{(host.Port is { } port ? new HostString(options.Domain, port) : new HostString(options.Domain))}"
            : http.BaseUrl();
    }

    /// <summary>How a request that comes with another issuer's token names the tenant: by its address, by the header, or by both.</summary>
    public static IReadOnlyList<string> OfRequest(HttpContext http) =>
        [
            .. new[] { Of(http)?.Slug, http.Request.Headers[Header].ToString().Trim() }
                .Where(name => !string.IsNullOrEmpty(name))
                .Select(name => name!),
        ];

    private static async ValueTask<bool> HeaderNamesAnotherAsync(HttpContext http, TenantId tenant, TenantNames tenants)
    {
        var name = http.Request.Headers[Header].ToString().Trim();
        return name.Length > 0
            && (
                Guid.TryParse(name, out var id) ? id != tenant.Value : await tenants.FindAsync(name.ToLowerInvariant(), http.RequestAborted) != tenant
            );
    }

    private static string? OfHost(string host, string domain)
    {
        // A name may end with the root's dot.
        host = host.TrimEnd('.');
        var end = host.Length - domain.Length - 1;
        return
            domain.Length > 0
            && end > 0
            && host[end] == '.'
            && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            && !TenantOptions.Hosts.Contains(host[..end], StringComparer.OrdinalIgnoreCase)
            ? host[..end]
            : null;
    }

    private static string? TakeFromPath(HttpRequest request)
    {
        if (
            !request.Path.StartsWithSegments(PathPrefix, StringComparison.Ordinal, out var named)
            || named.Value is not { Length: > 1 } text
            || text.IndexOf('/', 1) is not (> 1 and var end)
        )
        {
            return null;
        }

        var rest = new PathString(text[end..]);
        if (!rest.StartsWithSegments(PathRest, StringComparison.Ordinal))
        {
            return null;
        }

        request.PathBase = request.PathBase.Add(PathPrefix).Add(text[..end]);
        request.Path = rest;
        return text[1..end];
    }
}
