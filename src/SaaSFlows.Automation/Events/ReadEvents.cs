using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Reads a tenant's events.</summary>
public sealed class ReadEvents(TenantDatabase database, JournalFeed feed)
{
    private const int FollowBatch = 200;

    // The number of bytes after which no further event is read at once, because they stay in memory while a reader is slow.
    private const int FollowBytes = 64 * 1024;

    private static readonly TimeSpan SafetyPoll = TimeSpan.FromSeconds(1);

    /// <summary>Returns the events of an aggregate, the oldest first. An aggregate that the caller can't see is not found.</summary>
    public Task<Result<Page<StoredEvent>>> ListAsync(Caller caller, string aggregate, EventFilter filter, PageRequest page, CancellationToken ct) =>
        database.QueryAsync<Result<Page<StoredEvent>>>(
            caller.Scope(),
            async (connection, cancel) =>
            {
                if (await PlacesAsync(connection, aggregate, filter.Community, cancel) is [])
                {
                    return new AutomationError.NotFound("aggregate");
                }

                var wanted = filter with { AggregateId = aggregate };
                await using var count = new NpgsqlCommand(null, connection);
                count.CommandText = $"select count(*) from automation.events e where e.tenant_id = tenancy.tenant(){wanted.Where(count)}";
                var total = (long)(await count.ExecuteScalarAsync(cancel))!;
                await using var list = new NpgsqlCommand(null, connection);
                list.CommandText = string.Create(
                    CultureInfo.InvariantCulture,
                    $"select {StoredEvent.Columns} from automation.events e where e.tenant_id = tenancy.tenant(){wanted.Where(list)} order by "
                        + $"e.number limit {page.Size} offset {page.Skip}"
                );
                return new Page<StoredEvent>(await StoredEvent.ReadAsync(list, cancel), page, total);
            },
            ct
        );

    /// <summary>Returns the newest event number of the caller's tenant; 0 for none.</summary>
    public Task<long> NewestAsync(Caller caller, CancellationToken ct) => database.QueryAsync(caller.Scope(), HeadAsync, ct);

    /// <summary>Streams the events after a number until the reader stops.</summary>
    public async IAsyncEnumerable<StoredEvent> FollowAsync(
        Caller caller,
        EventFilter filter,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var changes = feed.Subscribe(FeedTopic.Events(caller.TenantId));
        while (true)
        {
            var (news, head) = await database.QueryAsync(caller.Scope(), (connection, cancel) => AfterAsync(connection, filter, after, cancel), ct);
            foreach (var one in news)
            {
                yield return one;
            }

            after = news.Count > 0 ? news[^1].Number : Math.Max(after, head);
            if (news.Count == 0)
            {
                await changes.NextAsync(SafetyPoll, ct);
            }
        }
    }

    /// <summary>Returns the communities in which the caller can see the aggregate, with its version in each.</summary>
    internal static async Task<List<(CommunityId? Community, long Version)>> PlacesAsync(
        NpgsqlConnection connection,
        string aggregate,
        CommunityId? community,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(
            "select community_id, version from automation.aggregates where tenant_id = tenancy.tenant() and aggregate_id = $1 and ($2::bigint is "
                + "null or community_id = $2)",
            aggregate,
            community?.Value
        );
        var places = new List<(CommunityId?, long)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            places.Add((reader.IsDBNull(0) ? null : new CommunityId(reader.GetInt64(0)), reader.GetInt64(1)));
        }

        return places;
    }

    private static async Task<long> HeadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = connection.Command("select number from automation.event_heads where tenant_id = tenancy.tenant()");
        return await command.ExecuteScalarAsync(ct) is long number ? number : 0;
    }

    // The head is read first, so events before it that do not match are never read again.
    private static async Task<(List<StoredEvent> News, long Head)> AfterAsync(
        NpgsqlConnection connection,
        EventFilter filter,
        long after,
        CancellationToken ct
    )
    {
        var head = await HeadAsync(connection, ct);
        if (head <= after)
        {
            return ([], head);
        }

        await using var command = new NpgsqlCommand(null, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head });
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select {StoredEvent.Columns} from (
                select e.*, coalesce(sum(octet_length(e.data)) over (order by e.number rows between unbounded preceding and 1 preceding), 0) as before
                from (
                    select * from automation.events e where e.tenant_id = tenancy.tenant() and e.number > $1 and e.number <= $2{filter.Where(command)}
                    order by e.number limit {FollowBatch}) e) e
            where e.before < {FollowBytes} order by e.number
            """
        );
        return (await StoredEvent.ReadAsync(command, ct), head);
    }
}
