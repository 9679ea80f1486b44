using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Access;

/// <summary>Turns a caller into the scope of a transaction.</summary>
public static class CallerScope
{
    /// <summary>The caller's tenant and communities, for <see cref="TenantDatabase"/>.</summary>
    public static TenantScope Scope(this Caller caller) =>
        caller.Communities.IsWholeTenant
            ? new(caller.TenantId, CommunityScope.All)
            : new(caller.TenantId, CommunityScope.Of(caller.Communities.Roles.Keys)) { GrantedTo = caller.UserId };
}
