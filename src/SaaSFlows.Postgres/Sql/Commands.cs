using System.Data.Common;
using Npgsql;

namespace SaaSFlows.Postgres.Sql;

/// <summary>The way in which SQL is sent: a command with the parameters $1, $2, … and what is read from it.</summary>
public static class Commands
{
    /// <summary>A command with the parameters $1, $2, …; null is a null whose type the statement tells.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>All rows, in the order of the statement.</summary>
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
