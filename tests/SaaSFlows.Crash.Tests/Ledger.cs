using Npgsql;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>What the database says after the storm.</summary>
/// <param name="connectionString">A superuser's: it sees every tenant's rows.</param>
internal sealed class Ledger(string connectionString)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// Waits until nothing is left to run, then checks: each execution completed, with exactly one recorded end and a journal without gaps; nothing
    /// lies about.
    /// </summary>
    public async Task EveryExecutionEndedOnceAsync(TimeSpan patience)
    {
        await Eventually.True(
            async () => await ScalarAsync("select count(*) from engine.executions where status not in (4, 5, 6)") == 0,
            patience,
            Ct
        );
        Assert.Equal(
            "",
            await TextAsync(
                "select coalesce(string_agg(concat_ws(' ', id, status, error_code, error_message), '; '), '') from engine.executions where "
                    + "status <> 4"
            )
        );
        Assert.Equal(
            0,
            await ScalarAsync(
                """
                select count(*) from engine.executions e
                where (select count(*) from engine.events j where j.execution_id = e.id and j.kind in (10, 11, 12)) <> 1
                    or (select count(*) from engine.events j where j.execution_id = e.id) <> e.head_seq
                """
            )
        );
        Assert.Equal(
            0,
            await ScalarAsync(
                "select (select count(*) from engine.queue) + (select count(*) from engine.inbox) + (select count(*) from engine.bookmarks)"
            )
        );
    }

    /// <summary>
    /// Checks that every acknowledged execution is there, and that each execution did its HTTP call under its own key and said its message once.
    /// </summary>
    public async Task EveryEffectHasOneKeyAsync(IReadOnlyCollection<Guid> accepted, EffectReceiver receiver)
    {
        var stored = await ExecutionsAsync();
        Assert.Empty(accepted.Except(stored));
        Assert.Equal(stored.Select(execution => $"{execution}:call:0").Order(), receiver.Calls.Keys.Order());
        Assert.Equal(stored.Count, await ScalarAsync("select count(*) from automation.chat_messages where author_kind = 'workflow'"));
    }

    public async Task<long> ScalarAsync(string sql) => Convert.ToInt64(await ReadAsync(sql), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> TextAsync(string sql) => (string)(await ReadAsync(sql))!;

    private async Task<object?> ReadAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private async Task<List<Guid>> ExecutionsAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("select id from engine.executions", connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(Ct))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }
}
