using System.Data.Common;
using Npgsql;

namespace SaaSFlows.Accounts.Internal;

internal static class Sql
{
    /// <summary>A command with the parameters $1, $2, …</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
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
