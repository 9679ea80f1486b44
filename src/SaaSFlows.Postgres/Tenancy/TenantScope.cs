using System.Globalization;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>What a transaction may see: one tenant, and of it all communities or some.</summary>
public sealed record TenantScope(TenantId Tenant, CommunityScope Communities)
{
    /// <summary>
    /// Who must be granted a restricted workflow to see it; null for those whom no grant restricts, and for the platform's own work.
    /// </summary>
    public UserId? GrantedTo { get; init; }
}

/// <summary>The communities a caller may see inside the tenant.</summary>
public sealed class CommunityScope
{
    private CommunityScope(bool all, CommunityId[] communities)
    {
        IsAll = all;
        Communities = communities;
        Setting = all ? "*" : $"{{{string.Join(',', communities.Select(c => c.Value.ToString(CultureInfo.InvariantCulture)))}}}";
    }

    /// <summary>For callers whose role is tenant-wide, and for the platform's own work.</summary>
    public static CommunityScope All { get; } = new(true, []);

    public bool IsAll { get; }

    /// <summary>Empty if <see cref="IsAll"/>, or if the caller sees none.</summary>
    public IReadOnlyList<CommunityId> Communities { get; }

    /// <summary>The value of app.community_ids.</summary>
    internal string Setting { get; }

    /// <summary>Only these; none shows nothing.</summary>
    public static CommunityScope Of(params IEnumerable<CommunityId> communities) => new(false, [.. communities.Distinct()]);

    public bool Contains(CommunityId community) => IsAll || Communities.Contains(community);
}
