using System.Runtime.CompilerServices;
using Npgsql;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.BrowserSources;

/// <summary>Takes workflows' messages, and tells them to the pages that hold a token.</summary>
public sealed class BrowserPages(TenantDatabase database, PostgresPools pools, JournalFeed feed, TimeProvider time) : IBrowserSources
{
    /// <summary>Messages that are kept of one page.</summary>
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

    /// <summary>Whose page has this token; null for none's.</summary>
    public async Task<TenantId?> TenantAsync(string token, CancellationToken ct) => (await FindAsync(token, ct))?.Tenant;

    /// <summary>
    /// Messages after a number as they come; those before that are still to be seen come first if it is 0. Ends when the token is good no more.
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
        // The page's row lock puts messages into one order; readers that resume by number never miss one.
        await using var hold = new NpgsqlCommand("select last_message from automation.browser_sources where entity_id = $1 for update", connection);
        hold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = execution.Entity.Value });
        if (await hold.ExecuteScalarAsync(ct) is not long last)
        {
            return null;
        }

        await using var known = new NpgsqlCommand(
            "select number, shown_at from automation.browser_messages where entity_id = $1 and idempotency_key = $2",
            connection
        );
        known.Parameters.Add(new NpgsqlParameter<long> { TypedValue = execution.Entity.Value });
        known.Parameters.Add(new NpgsqlParameter<string> { TypedValue = idempotencyKey });
        await using (var reader = await known.ExecuteReaderAsync(ct))
        {
            if (await reader.ReadAsync(ct))
            {
                return new(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1));
            }
        }

        var (number, now) = (last + 1, time.GetUtcNow());
        await using var insert = new NpgsqlCommand(
            """
            with counted as (update automation.browser_sources set last_message = $2 where entity_id = $1),
            trimmed as (delete from automation.browser_messages where entity_id = $1 and number <= $11)
            insert into automation.browser_messages
                (entity_id, number, tenant_id, community_id, source_type, action, content, duration_seconds, priority, idempotency_key, shown_at)
            values ($1, $2, tenancy.tenant(), $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            connection
        )
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = execution.Entity.Value },
                new NpgsqlParameter<long> { TypedValue = number },
                new NpgsqlParameter<long> { TypedValue = execution.Community.Value },
                new NpgsqlParameter<string> { TypedValue = message.SourceType },
                new NpgsqlParameter<string> { TypedValue = message.Action },
                new NpgsqlParameter<string> { TypedValue = message.Content },
                new NpgsqlParameter<double> { TypedValue = message.DurationSeconds },
                new NpgsqlParameter<int> { TypedValue = message.Priority },
                new NpgsqlParameter<string> { TypedValue = idempotencyKey },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                new NpgsqlParameter<long> { TypedValue = number - Most },
            },
        };
        await insert.ExecuteNonQueryAsync(ct);
        return new(number, now);
    }

    private async Task<Page?> FindAsync(string token, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select tenant_id, community_id, entity_id from automation.find_browser_source($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = ManageBrowserSources.HashOf(token) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(new(reader.GetGuid(0)), new(reader.GetInt64(1)), new(reader.GetInt64(2))) : null;
    }

    // Who begins gets what is still to be seen, not what is over.
    private async Task<List<BrowserSourceMessage>> AfterAsync(NpgsqlConnection connection, EntityId entity, long after, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select number, source_type, action, content, duration_seconds, priority, shown_at from automation.browser_messages
            where entity_id = $1 and number > $2 and ($2 > 0 or duration_seconds = 0 or action = 'clear'
            or shown_at + make_interval(secs => duration_seconds) > $3)
            order by number
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = entity.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
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
