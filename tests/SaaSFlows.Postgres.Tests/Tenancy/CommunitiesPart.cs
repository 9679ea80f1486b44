using Microsoft.EntityFrameworkCore;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tests.Tenancy;

internal sealed class CommunitiesPart : IModelPart
{
    public void Build(ModelBuilder model)
    {
        model.Entity<Entity>(e =>
        {
            e.ToTable("entities", "accounts");
            e.HasKey(x => x.Id);
            e.Property(x => x.Id).UseIdentityAlwaysColumn();
        });
        model.Entity<Membership>(e =>
        {
            e.ToTable("memberships", "accounts");
            e.HasKey(x => new { x.TenantId, x.UserId });
        });
    }

    internal sealed class Entity : ICommunityOwned
    {
        public EntityId Id { get; private set; }

        public TenantId TenantId { get; init; }

        public CommunityId CommunityId { get; init; }

        public string Name { get; set; } = "";

        public string Kind { get; init; } = "web_chat";

        public long LastMessage { get; set; }

        public DateTimeOffset CreatedAt { get; init; }
    }

    internal sealed class Membership : ITenantOwned
    {
        public TenantId TenantId { get; init; }

        public UserId UserId { get; init; }

        public string Role { get; init; } = "viewer";

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? LastUsedAt { get; init; }
    }
}
