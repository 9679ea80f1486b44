using Microsoft.EntityFrameworkCore;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>A module's tables. Registered as a service; the entities stay internal to the module, so that no other can name them.</summary>
public interface IModelPart
{
    /// <summary>Maps the module's entities. Names become snake_case by themselves; schemas and keys are the part's own words.</summary>
    void Build(ModelBuilder model);
}

/// <summary>An entity with <c>tenant_id</c>: queries show the current tenant's rows only.</summary>
public interface ITenantOwned
{
    TenantId TenantId { get; }
}

/// <summary>An entity with <c>community_id</c>: queries show the rows of the caller's communities only.</summary>
public interface ICommunityOwned : ITenantOwned
{
    CommunityId CommunityId { get; }
}
