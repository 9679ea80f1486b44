using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>Compares a context's model with the tables that the migrations made. For tests: migrations are written by hand.</summary>
public static class DriftCheck
{
    private const string Catalogue = """
        select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
        """;

    /// <summary>One sentence for each difference; empty if there is none. A column that the model leaves out is none.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(DbContext context, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct);
        var columns = await ReadAsync((NpgsqlConnection)context.Database.GetDbConnection(), ct);
        return [.. context.Model.GetRelationalModel().Tables.SelectMany(table => Compare(table, columns))];
    }

    private static IEnumerable<string> Compare(ITable table, Dictionary<(string, string, string), (string Type, bool Nullable)> columns)
    {
        foreach (var column in table.Columns)
        {
            var name = $"{table.Schema}.{table.Name}.{column.Name}";
            if (!columns.TryGetValue((table.Schema ?? "public", table.Name, column.Name), out var real))
            {
                yield return $"{name} is in the model, not in the database.";
            }
            else if (real.Type != column.StoreType)
            {
                yield return $"{name} is {column.StoreType} in the model, {real.Type} in the database.";
            }
            else if (real.Nullable != column.IsNullable)
            {
                yield return $"{name} is {(real.Nullable ? "nullable" : "not nullable")} in the database only.";
            }
        }
    }

    private static async Task<Dictionary<(string, string, string), (string Type, bool Nullable)>> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken ct
    )
    {
        var columns = new Dictionary<(string, string, string), (string Type, bool Nullable)>();
        await using var command = new NpgsqlCommand(Catalogue, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)), (reader.GetString(3), reader.GetBoolean(4)));
        }

        return columns;
    }
}
