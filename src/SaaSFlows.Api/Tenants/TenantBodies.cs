using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Tenants;

/// <summary>One of the two.</summary>
/// <param name="Slug">Also called <paramref name="Tenant"/>, as at sign-in.</param>
internal sealed record SwitchBody(Guid? TenantId, string? Slug, string? Tenant);

/// <param name="Status">active, suspended or closing.</param>
/// <param name="DeleteAt">Of a closing tenant.</param>
internal sealed record OwnTenantBody(Guid TenantId, string Name, string Slug, string Role, string Status, bool IsCurrent, DateTimeOffset? DeleteAt)
{
    public static OwnTenantBody From(OwnTenant own, TenantId current) =>
        new(own.Tenant.TenantId.Value, own.Tenant.Name, own.Tenant.Slug, own.Role, own.Status, own.Tenant.TenantId == current, own.DeleteAt);
}

/// <summary>What is given is changed.</summary>
internal sealed record ChangeTenantBody(string? Name, string? Slug);

/// <param name="Name">The tenant's, repeated.</param>
internal sealed record CloseTenantBody(string? Name);

/// <param name="Status">active, suspended or closing.</param>
/// <param name="DeleteAt">Of a closing tenant.</param>
internal sealed record TenantDetailsBody(Guid TenantId, string Name, string Slug, string Status, DateTimeOffset CreatedAt, DateTimeOffset? DeleteAt)
{
    public static TenantDetailsBody From(TenantDetails tenant) =>
        new(tenant.Tenant.TenantId.Value, tenant.Tenant.Name, tenant.Tenant.Slug, tenant.Status, tenant.CreatedAt, tenant.DeleteAt);
}
