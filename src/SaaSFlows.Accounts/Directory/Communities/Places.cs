using Microsoft.EntityFrameworkCore;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>An entity and its community.</summary>
public sealed record Place(CommunityId Community, EntityId Entity);

/// <summary>Finds entities for other modules, inside their transaction.</summary>
public static class Places
{
    /// <summary>Returns the visible entities that match: at most two, because two are already ambiguous.</summary>
    public static async Task<IReadOnlyList<Place>> FindAsync(AppDb db, CommunityId? community, EntityId? entity, CancellationToken ct)
    {
        var (communityValue, entityValue) = (community?.Value, entity?.Value);
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                select id as "EntityId", community_id as "CommunityId" from accounts.entities
                where ({communityValue}::bigint is null or community_id = {communityValue}) and ({entityValue}::bigint is null or id = {entityValue})
                order by id limit 2
                """
            )
            .ToListAsync(ct);
        return [.. rows.Select(row => new Place(new CommunityId(row.CommunityId), new EntityId(row.EntityId)))];
    }

    /// <summary>Returns how many of these communities the transaction sees.</summary>
    public static async Task<int> CountSeenAsync(AppDb db, IReadOnlyCollection<CommunityId> communities, CancellationToken ct)
    {
        var ids = communities.Select(community => community.Value).ToArray();
        return (await db.Database.SqlQuery<long>($"select id as \"Value\" from accounts.communities where id = any ({ids})").ToListAsync(ct)).Count;
    }

    /// <summary>
    /// Locks an entity until the end of the transaction and returns the number of its newest chat message; null if it is not visible.
    /// </summary>
    public static async Task<long?> LockLastMessageAsync(AppDb db, EntityId entity, CancellationToken ct)
    {
        var numbers = await db
            .Database.SqlQuery<long>($"select last_message as \"Value\" from accounts.entities where id = {entity.Value} for update")
            .ToListAsync(ct);
        return numbers.Count == 1 ? numbers[0] : null;
    }

    /// <summary>Stores the number of the newest chat message. The caller has locked the entity.</summary>
    public static Task SetLastMessageAsync(AppDb db, EntityId entity, long number, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"update accounts.entities set last_message = {number} where id = {entity.Value}", ct);

    private sealed record Row(long EntityId, long CommunityId);
}
