using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Turns bookmarks whose time has come into facts in the inboxes of their executions, each once.</summary>
internal sealed class DueBookmarks(PostgresPools pools, JournalFeed feed, TimeProvider clock)
{
    private const string NextSql = "select min(due) from engine.bookmarks where due is not null and not fired";

    private static readonly string FireSql = SqlText.Load(typeof(DueBookmarks), "fire");

    /// <summary>Fires at most <paramref name="max"/>; says how many, and when the next one is due.</summary>
    public async Task<(int Fired, DateTimeOffset? NextDue)> FireAsync(int max, CancellationToken ct)
    {
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var batch = connection.CreateBatch();
        var fire = new NpgsqlBatchCommand(FireSql);
        fire.Parameters.AddValue(clock.GetUtcNow());
        fire.Parameters.AddValue(max);
        fire.Parameters.AddValue((short)InboxFactKind.Due);
        batch.BatchCommands.Add(fire);
        batch.BatchCommands.Add(new(NextSql));

        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var fired = (int)reader.GetInt64(0);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        DateTimeOffset? next = await reader.IsDBNullAsync(0, ct) ? null : reader.GetFieldValue<DateTimeOffset>(0);
        await reader.CloseAsync();
        if (fired > 0)
        {
            feed.Publish(FeedTopic.Queue);
        }

        return (fired, next);
    }
}
