using Npgsql;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Waits for the end of an execution.</summary>
public sealed class AwaitEnd(TenantDatabase database, JournalFeed feed, TimeProvider time)
{
    /// <summary>The status of a caller's execution once it has ended, or when the time is over.</summary>
    public async Task<ExecutionStatus> StatusAsync(Caller caller, ExecutionId execution, TimeSpan limit, CancellationToken ct) =>
        (await RunAsync(caller.TenantId, execution, limit, ct)).Status;

    /// <summary>Where it stands once it has ended, or when the time is over.</summary>
    internal async Task<ExecutionEnd> RunAsync(TenantId tenant, ExecutionId execution, TimeSpan limit, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        using var news = feed.Subscribe(FeedTopic.Execution(execution));
        while (true)
        {
            var seen = await ReadAsync(tenant, execution, ct);
            var left = limit - time.GetElapsedTime(start);
            if (seen.Status >= ExecutionStatus.Completed || left <= TimeSpan.Zero)
            {
                return seen;
            }

            await news.NextAsync(left, ct);
        }
    }

    private Task<ExecutionEnd> ReadAsync(TenantId tenant, ExecutionId execution, CancellationToken ct) =>
        database.QueryAsync(new TenantScope(tenant, CommunityScope.All), async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand("select status, output from engine.executions where id = $1", connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = execution.Value });
            await using var reader = await command.ExecuteReaderAsync(cancel);

            // It is there: whoever waits was told its id after its commit. Unless history was that short.
            return await reader.ReadAsync(cancel)
                ? new ExecutionEnd((ExecutionStatus)reader.GetInt16(0), reader.IsDBNull(1) ? default(ReadOnlyMemory<byte>) : reader.GetFieldValue<byte[]>(1))
                : new ExecutionEnd(ExecutionStatus.Cancelled, default);
        }, ct);
}

/// <summary>Where an execution stands, and what it put out if it completed.</summary>
/// <param name="Output">UTF-8 JSON; empty for none.</param>
public sealed record ExecutionEnd(ExecutionStatus Status, ReadOnlyMemory<byte> Output);
