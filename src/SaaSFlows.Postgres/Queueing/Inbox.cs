using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Brings facts from outside to executions, wherever they run or wait.</summary>
public sealed class Inbox
{
    private const string StatusSql = "select status from engine.executions where id = $1 and ($2::uuid is null or tenant_id = $2)";

    private static readonly string DeliverSql = SqlText.Load(typeof(Inbox), "deliver");

    private readonly ConnectionPool _engine;
    private readonly JournalFeed _feed;
    private readonly TimeProvider _clock;

    internal Inbox(PostgresPools pools, JournalFeed feed, TimeProvider clock)
    {
        _engine = pools.Engine;
        _feed = feed;
        _clock = clock;
    }

    /// <summary>Stores the fact and sees to it that a worker takes it in. Answers after the commit.</summary>
    /// <param name="tenant">Whose execution it must be: another tenant's is not found. Null for the platform's own facts.</param>
    /// <param name="bookmark">Null for facts about the whole execution. It need not be open yet: then the fact waits for it.</param>
    /// <param name="body">UTF-8 JSON; empty for none.</param>
    public async Task<DeliverVerdict> DeliverAsync(
        TenantId? tenant,
        ExecutionId execution,
        InboxFactKind kind,
        BookmarkId? bookmark,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        await using var connection = await _engine.OpenConnectionAsync(ct);
        await using var deliver = Deliver(connection, tenant, execution, kind, bookmark, body, _clock.GetUtcNow());
        await deliver.PrepareAsync(ct);
        if (await deliver.ExecuteScalarAsync(ct) is long number)
        {
            _feed.Publish(FeedTopic.Queue);
            return new DeliverVerdict.Delivered(number);
        }

        await using var status = new NpgsqlCommand(StatusSql, connection);
        status.Parameters.AddValue(execution.Value);
        status.Parameters.AddValue(tenant?.Value);
        return await status.ExecuteScalarAsync(ct) is short ? new DeliverVerdict.AlreadyEnded() : new DeliverVerdict.NotFound();
    }

    /// <summary>The same inside somebody's transaction; who commits it tells the queue.</summary>
    internal static NpgsqlCommand Deliver(
        NpgsqlConnection connection,
        TenantId? tenant,
        ExecutionId execution,
        InboxFactKind kind,
        BookmarkId? bookmark,
        ReadOnlyMemory<byte> body,
        DateTimeOffset now
    )
    {
        var deliver = new NpgsqlCommand(DeliverSql, connection);
        deliver.Parameters.AddValue(execution.Value);
        deliver.Parameters.AddValue(tenant?.Value);
        deliver.Parameters.AddValue((short)kind);
        deliver.Parameters.AddValue(bookmark?.Value);
        deliver.Parameters.AddValue(now);
        deliver.Parameters.AddValue(body.ToColumn());
        return deliver;
    }
}
