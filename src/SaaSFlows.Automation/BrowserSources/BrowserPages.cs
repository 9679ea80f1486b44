using System.Runtime.CompilerServices;
using Npgsql;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.BrowserSources;

/// <summary>Stores messages of workflows and sends them to the pages that are opened with a token.</summary>
public sealed class BrowserPages(TenantDatabase database, PostgresPools pools, JournalFeed feed, TimeProvider time) : IBrowserSources
{
    /// <summary>The number of messages that are kept for a page.</summary>
    public const int Most = 100;

    private static readonly TimeSpan SafetyPoll = TimeSpan.FromSeconds(1);

    async ValueTask<ShownMessage?> IBrowserSources.ShowAsync(
        ExecutionRef execution,
        BrowserMessage message,
        string idempotencyKey,
        CancellationToken ct
    )
    {
        var shown = await database.QueryAsync(
            new TenantScope(execution.Tenant, CommunityScope.Of(execution.Community)),
            (connection, cancel) => ShowAsync(connection, execution, message, idempotencyKey, cancel),
            ct
        );
        feed.Publish(FeedTopic.BrowserSource(execution.Entity));
        return shown;
    }

    /// <summary>Returns the owner of the page with this token, or null if there is none.</summary>
    public async Task<TenantId?> TenantAsync(string token, CancellationToken ct) => (await FindAsync(token, ct))?.Tenant;

    /// <summary>
    /// Streams the messages after a number. From 0, the messages that are still shown come first. Ends when the token becomes invalid.
    /// </summary>
    public async IAsyncEnumerable<BrowserSourceMessage> FollowAsync(string token, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } page)
        {
            yield break;
        }

        using var changes = feed.Subscribe(FeedTopic.BrowserSource(page.Entity));
        while (await FindAsync(token, ct) == page)
        {
            foreach (
                var message in await database.QueryAsync(page.Scope, (connection, cancel) => AfterAsync(connection, page.Entity, after, cancel), ct)
            )
            {
                after = message.Number;
                yield return message;
            }

            await changes.NextAsync(SafetyPoll, ct);
        }
    }

    private async Task<ShownMessage?> ShowAsync(
        NpgsqlConnection connection,
        ExecutionRef execution,
        BrowserMessage message,
        string idempotencyKey,
        CancellationToken ct
    )
    {
        // The row lock of the page orders the messages, so a reader that resumes by number misses none.
        await using var hold = connection.Command(
            "select last_message from automation.browser_sources where entity_id = $1 for update",
            execution.Entity.Value
        );
        if (await hold.ExecuteScalarAsync(ct) is not long last)
        {
            return null;
        }

        await using var known = connection.Command(
            "select number, shown_at from automation.browser_messages where entity_id = $1 and idempotency_key = $2",
            execution.Entity.Value,
            idempotencyKey
        );
        await using (var reader = await known.ExecuteReaderAsync(ct))
        {
            if (await reader.ReadAsync(ct))
            {
                return new(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1));
            }
        }

        var (number, now) = (last + 1, time.GetUtcNow());
        await using var insert = connection.Command(
            """
            with counted as (update automation.browser_sources set last_message = $2 where entity_id = $1),
            trimmed as (delete from automation.browser_messages where entity_id = $1 and number <= $11)
            insert into automation.browser_messages
                (entity_id, number, tenant_id, community_id, source_type, action, content, duration_seconds, priority, idempotency_key, shown_at)
            values ($1, $2, tenancy.tenant(), $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            execution.Entity.Value,
            number,
            execution.Community.Value,
            message.SourceType,
            message.Action,
            message.Content,
            message.DurationSeconds,
            message.Priority,
            idempotencyKey,
            now,
            number - Most
        );
        await insert.ExecuteNonQueryAsync(ct);
        return new(number, now);
    }

    private async Task<Page?> FindAsync(string token, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select tenant_id, community_id, entity_id from automation.find_browser_source($1)",
            ManageBrowserSources.HashOf(token)
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(new(reader.GetGuid(0)), new(reader.GetInt64(1)), new(reader.GetInt64(2))) : null;
    }

    // A new reader gets the messages that are still shown, not the expired ones.
    private async Task<List<BrowserSourceMessage>> AfterAsync(NpgsqlConnection connection, EntityId entity, long after, CancellationToken ct)
    {
        await using var command = connection.Command(
            """
            select number, source_type, action, content, duration_seconds, priority, shown_at from automation.browser_messages
            where entity_id = $1 and number > $2 and ($2 > 0 or duration_seconds = 0 or action = 'clear'
            or shown_at + make_interval(secs => duration_seconds) > $3)
            order by number
            """,
            entity.Value,
            after,
            time.GetUtcNow()
        );
        var found = new List<BrowserSourceMessage>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(
                new(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetDouble(4),
                    reader.GetInt32(5),
                    reader.GetFieldValue<DateTimeOffset>(6)
                )
            );
        }

        return found;
    }

    private sealed record Page(TenantId Tenant, CommunityId Community, EntityId Entity)
    {
        public TenantScope Scope => new(Tenant, CommunityScope.Of(Community));
    }
}
