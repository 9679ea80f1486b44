using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Appends events to their tenant's log.</summary>
internal sealed class EventStore(TenantDatabase database, JournalFeed feed, TimeProvider time)
{
    /// <summary>The time that the storing process has to handle an event before another process takes it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string AppendSql = "select version, number from automation.append_pending_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    /// <summary>
    /// Stores the event, unless one with this id exists, and returns it with its number. If the aggregate does not have the expected version, returns
    /// the version it has.
    /// </summary>
    public async Task<Appended> AppendAsync(Caller caller, EventId id, CommunityId? place, NewEvent news, DateTimeOffset at, CancellationToken ct)
    {
        var (version, number) = await database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    AppendSql,
                    id.Value,
                    place?.Value,
                    news.AggregateId,
                    news.AggregateType,
                    news.ExpectedVersion,
                    news.Type!,
                    Bytes(news.Data),
                    Bytes(news.Metadata),
                    caller.UserId.Value,
                    at,
                    caller.Scope().GrantedTo?.Value,
                    time.GetUtcNow() + Lease
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                await reader.ReadAsync(cancel);
                return (reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0), reader.IsDBNull(1) ? (long?)null : reader.GetInt64(1));
            },
            ct
        );
        if (number is not { } stored)
        {
            return new(null, version!.Value);
        }

        feed.Publish(FeedTopic.Events(caller.TenantId));
        return new(StoredEvent.Of(id, caller.UserId, place, news, at) with { Number = stored, Version = version }, version ?? 0);
    }

    /// <summary>Marks the event as handled.</summary>
    public Task SettleAsync(TenantId tenant, EventId id, CancellationToken ct) =>
        database.QueryAsync(
            new TenantScope(tenant, CommunityScope.All),
            async (connection, cancel) =>
            {
                await using var command = connection.Command("delete from automation.pending_events where event_id = $1", id.Value);
                return await command.ExecuteNonQueryAsync(cancel);
            },
            ct
        );

    /// <summary>Returns null if the event has been deleted.</summary>
    public Task<StoredEvent?> FindAsync(TenantId tenant, EventId id, CancellationToken ct) =>
        database.QueryAsync(
            new TenantScope(tenant, CommunityScope.All),
            async (connection, cancel) =>
            {
                await using var command = connection.Command($"select {StoredEvent.Columns} from automation.events e where e.id = $1", id.Value);
                return (await StoredEvent.ReadAsync(command, cancel)).SingleOrDefault();
            },
            ct
        );

    private static byte[]? Bytes(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? null : JsonMarshal.GetRawUtf8Value(value).ToArray();
}

/// <param name="Event">Null if the aggregate does not have the expected version. Then nothing was stored.</param>
/// <param name="Version">The aggregate's, 0 for none.</param>
internal sealed record Appended(StoredEvent? Event, long Version);
