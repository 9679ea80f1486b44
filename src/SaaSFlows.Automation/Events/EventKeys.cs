using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Stores the idempotency keys of events per caller, for as long as other event keys are kept.</summary>
internal sealed class EventKeys(TenantDatabase database, TimeProvider time)
{
    // An insert that conflicts with a row waits for its transaction and then returns that row.
    private const string EnterSql = """
        insert into automation.event_keys as k (tenant_id, user_id, key, event_id, body_hash, at) values (tenancy.tenant(), $1, $2, $3, $4, $5)
        on conflict (tenant_id, user_id, key) do update set
            event_id = case when k.at < $6 then excluded.event_id else k.event_id end,
            body_hash = case when k.at < $6 then excluded.body_hash else k.body_hash end,
            answer = case when k.at >= $6 then k.answer end,
            at = case when k.at < $6 then excluded.at else k.at end
        returning event_id, at, answer, body_hash
        """;

    private const string ForgetSql =
        "delete from automation.event_keys where (user_id, key) in (select user_id, key from automation.event_keys where at < $1 limit 100)";

    /// <summary>Returns the entry of the event, created now or before; null if the key was used with another event.</summary>
    public Task<EventKeyEntry?> EnterAsync(Caller caller, string key, byte[] hash, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                var now = time.GetUtcNow();
                var id = Guid.CreateVersion7(now);
                await using (var forget = connection.Command(ForgetSql, now - StartExecution.KeepEventKeys))
                {
                    await forget.ExecuteNonQueryAsync(cancel);
                }

                await using var enter = connection.Command(EnterSql, caller.UserId.Value, key, id, hash, now, now - StartExecution.KeepEventKeys);
                await using var reader = await enter.ExecuteReaderAsync(cancel);
                await reader.ReadAsync(cancel);
                var answer = await reader.IsDBNullAsync(2, cancel)
                    ? null
                    : JsonSerializer.Deserialize<PublishedEvent>(reader.GetFieldValue<byte[]>(2));
                return reader.GetFieldValue<byte[]>(3).AsSpan().SequenceEqual(hash)
                    ? new EventKeyEntry(new(reader.GetGuid(0)), reader.GetFieldValue<DateTimeOffset>(1), answer, IsNew: reader.GetGuid(0) == id)
                    : null;
            },
            ct
        );

    /// <summary>Stores the answer.</summary>
    public Task AnswerAsync(Caller caller, string key, PublishedEvent answer, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "update automation.event_keys set answer = $1 where user_id = $2 and key = $3 and event_id = $4",
                    JsonSerializer.SerializeToUtf8Bytes(answer),
                    caller.UserId.Value,
                    key,
                    answer.Id.Value
                );
                return await command.ExecuteNonQueryAsync(cancel);
            },
            ct
        );
}

/// <summary>The entry of a key.</summary>
/// <param name="Answer">Null until the first call has answered.</param>
internal sealed record EventKeyEntry(EventId Id, DateTimeOffset At, PublishedEvent? Answer, bool IsNew);
