using System.Runtime.InteropServices;
using Npgsql;

namespace SaaSFlows.Postgres.Sql;

/// <summary>Rows as one array for each column, the form in which unnest takes them.</summary>
internal static class Parameters
{
    public static void AddValue<T>(this NpgsqlParameterCollection parameters, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    public static void AddColumn<TRow, T>(this NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = column });
    }

    /// <summary>Null for an empty payload; the same array, not a copy, where the memory is a whole one.</summary>
    public static byte[]? ToColumn(this ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return null;
        }

        return MemoryMarshal.TryGetArray(payload, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : payload.ToArray();
    }
}
