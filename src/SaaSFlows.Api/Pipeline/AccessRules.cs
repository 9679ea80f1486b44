using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// How a route declares what it needs. A route that declares nothing is closed to all but signed-in callers, and a test fails for it.
/// </summary>
internal static class AccessRules
{
    /// <summary>Open to everybody: sign-in, health, doors with a token of their own.</summary>
    public static TBuilder IsPublic<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.AllowAnonymous().WithMetadata(new AccessRule.Public());

    /// <summary>Open to every signed-in caller.</summary>
    public static TBuilder NeedsSignIn<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization().WithMetadata(new AccessRule.SignedIn());

    /// <summary>Open to callers who signed in, not to programs: what changes how somebody proves who they are.</summary>
    public static TBuilder NeedsSession<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(new SessionRequirement()))
            .WithMetadata(new AccessRule.SignedIn());

    /// <summary>Open to callers whose token carries <paramref name="permission"/>.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)))
            .WithMetadata(new AccessRule.Holder(permission));

    /// <summary>Who is calling and from where; only on routes that are not public.</summary>
    public static Caller Caller(this HttpContext http)
    {
        var caller = http.Features.Get<Caller>() ?? throw new InvalidOperationException("This route is public: nobody is known to be calling.");
        return caller with
        {
            From = http.ClientInfo(),
            Credential = caller.Credential ?? (http.Features.Get<ValidToken>() is { } token ? new("session", token.Session.ToString()) : null),
        };
    }

    /// <summary>The caller's session; only on routes that need one.</summary>
    public static SessionId Session(this HttpContext http) =>
        http.Features.Get<ValidToken>()?.Session
        ?? throw new InvalidOperationException("This route does not need a session: the caller may have none.");

    /// <summary>False for API keys and for tokens that no sign-in made.</summary>
    public static bool HasSession(this HttpContext http) => http.Features.Get<Caller>() is not null && http.Caller().HasSignedIn;

    /// <summary>Where the request came from.</summary>
    public static ClientInfo ClientInfo(this HttpContext http) =>
        new(http.Request.Headers.UserAgent, http.Connection.RemoteIpAddress?.ToString()) { CorrelationId = http.CorrelationId() };
}

/// <summary>What <see cref="AccessRules.Needs"/> says, for methods that are mapped by their class.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsAttribute(string permission) : AuthorizeAttribute, IAuthorizationRequirementData
{
    public string Permission => permission;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new PermissionRequirement(permission)];
}

/// <summary>What a route declared, for the tests that walk all routes.</summary>
internal abstract record AccessRule
{
    private AccessRule() { }

    internal sealed record Public : AccessRule;

    internal sealed record SignedIn : AccessRule;

    internal sealed record Holder(string Permission) : AccessRule;
}

/// <summary>A permission that the caller's token must carry.</summary>
internal sealed class PermissionRequirement(string permission) : IAuthorizationRequirement
{
    public string Permission { get; } = permission;
}

/// <summary>Compares the requirement with the caller.</summary>
internal sealed class PermissionHandler(IHttpContextAccessor context) : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext authorization, PermissionRequirement requirement)
    {
        if (context.HttpContext?.Features.Get<Caller>()?.May(requirement.Permission) == true)
        {
            authorization.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>A token of a sign-in.</summary>
internal sealed class SessionRequirement : IAuthorizationRequirement;

/// <summary>Asks for a sign-in.</summary>
internal sealed class SessionHandler(IHttpContextAccessor context) : AuthorizationHandler<SessionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext authorization, SessionRequirement requirement)
    {
        if (context.HttpContext?.HasSession() == true)
        {
            authorization.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
