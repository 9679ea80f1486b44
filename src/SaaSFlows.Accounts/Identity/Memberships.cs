using System.Collections.Frozen;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Reads memberships with current roles, for sign-in and refresh.</summary>
internal static class Memberships
{
    /// <summary>Returns the membership of the tenant, or of the one used last; null if it has ended or the tenant is not active.</summary>
    public static async Task<Membership?> FindAsync(NpgsqlConnection connection, UserSummary user, TenantId? wanted, CancellationToken ct)
    {
        await using var find = connection.Command(
            "select tenant_id, name, slug, role, role_permissions from accounts.memberships_of($1) where $2::uuid is null or tenant_id = $2 limit 1",
            user.UserId.Value,
            (object?)wanted?.Value ?? DBNull.Value
        );
        var found = await find.ListAsync(
            row =>
                (
                    Tenant: new TenantSummary(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)),
                    Role: MemberRole.Read(row.GetString(3), null, null, row.GetValue(4) as string[])
                ),
            ct
        );
        if (found is not [var (tenant, role)])
        {
            return null;
        }

        var communities = role.IsTenantWide ? CommunityAccess.WholeTenant : await CommunitiesAsync(connection, tenant.TenantId, user.UserId, ct);
        return new(tenant, new(user.UserId, user.Username, tenant.TenantId, Permissions(role, communities), communities));
    }

    /// <summary>Marks the membership as the one used last.</summary>
    public static async Task UsedAsync(NpgsqlConnection connection, Membership membership, CancellationToken ct)
    {
        await using var used = connection.Command(
            "select accounts.membership_used($1, $2)",
            membership.Tenant.TenantId.Value,
            membership.Caller.UserId.Value
        );
        await used.ExecuteNonQueryAsync(ct);
    }

    // The role in the tenant bounds the permissions of roles in communities, with one exception: admins of a community manage its members.
    private static IReadOnlySet<string> Permissions(MemberRole role, CommunityAccess communities) =>
        communities.Roles.Values.Any(inCommunity => inCommunity.Permissions.Contains(Permission.ManageCommunityMembers))
            ? role.Permissions.Append(Permission.ManageCommunityMembers).ToFrozenSet()
            : role.Permissions;

    private static async Task<CommunityAccess> CommunitiesAsync(NpgsqlConnection connection, TenantId tenant, UserId user, CancellationToken ct)
    {
        await using var command = connection.Command(
            "select community_id, role, role_id, role_permissions from accounts.communities_of($1, $2)",
            tenant.Value,
            user.Value
        );
        var rows = await command.ListAsync(
            row =>
                (
                    Id: new CommunityId(row.GetInt64(0)),
                    Role: MemberRole.Read(row.GetString(1), row.GetValue(2) as Guid?, null, row.GetValue(3) as string[])
                ),
            ct
        );
        return CommunityAccess.Of(rows.ToDictionary(r => r.Id, r => r.Role));
    }
}

/// <summary>A user in a tenant.</summary>
internal sealed record Membership(TenantSummary Tenant, Caller Caller);
