using Microsoft.EntityFrameworkCore;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>Finds members for other modules, inside their own transaction.</summary>
public static class Members
{
    /// <summary>Returns the member with this id or e-mail address who has access to the community; null if there is none.</summary>
    public static async Task<UserId?> FindAsync(AppDb db, CommunityId community, string named, CancellationToken ct)
    {
        var id = Guid.TryParse(named, out var value) ? value : Guid.Empty;
        var found = await db
            .Database.SqlQuery<Guid>(
                $"""
                select u.id as "Value" from accounts.memberships m join accounts.users u on u.id = m.user_id
                where m.tenant_id = tenancy.tenant() and (u.id = {id} or lower(u.email) = lower({named}))
                    and (m.role in ('owner', 'admin')
                        or exists (select from accounts.community_members c where c.user_id = m.user_id and c.community_id = {community.Value}))
                """
            )
            .ToListAsync(ct);
        return found is [var user] ? new UserId(user) : null;
    }
}
