using System.Data.Common;
using Npgsql;

namespace SaaSFlows.Accounts.Access;

internal static class Sql
{
    /// <summary>Creates a command with the parameters $1, $2, …</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    /// <summary>
    /// Locks one kind of creation in a tenant until the end of the transaction, so that a count is still right when the new object is stored.
    /// </summary>
    public static async Task OneByOneAsync(this NpgsqlConnection connection, Caller caller, string kind, CancellationToken ct)
    {
        await using var wait = connection.Command("select pg_advisory_xact_lock(hashtextextended($1, 0))", $"accounts.{kind}:{caller.TenantId}");
        await wait.ExecuteNonQueryAsync(ct);
    }

    public static async Task<IReadOnlyList<T>> ListAsync<T>(this NpgsqlCommand command, Func<DbDataReader, T> read, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
