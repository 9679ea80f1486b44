using Npgsql;

namespace SaaSFlows.Accounts.Directory.Tenants.Internal;

/// <summary>A table of the export. It is read from the catalogue, so new tables are included.</summary>
/// <param name="Name">With its schema.</param>
/// <param name="Columns">Those that the app role may read and that hold no secret.</param>
/// <param name="Key">The columns that order the rows: the primary key or another unique key.</param>
internal sealed record ExportTable(string Name, string[] Columns, string[] Key)
{
    private const int FewestRows = 1;
    private const int MostRows = 1000;

    // In seconds. The rows of a tenant are found among those of all tenants.
    private const int LongestStatement = 600;

    // Sealed, hashed and wrapped columns have these words in their names. The column words is an index of other columns.
    private const string Secret = "(^|_)(hash|sealed|wrapped|secret|password|token|key_id|signature)(_|$)";

    public static async Task<IReadOnlyList<ExportTable>> AllAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Comparisons with null find no rows, so null is compared as an empty text.
        await using var command = connection.Command(
            """
            select n.nspname || '.' || c.relname, array_agg(quote_ident(a.attname) order by a.attnum),
                (select array_agg(case when k.attnotnull then quote_ident(k.attname) else format('coalesce(%I::text, '''')',
                k.attname) end order by part.place)
                    from (select indkey from pg_index where indrelid = c.oid and indisunique and indpred is null and 0 <> all (indkey::int2[])
                    order by not indisprimary, indexrelid limit 1) x,
                        unnest(x.indkey::int2[]) with ordinality as part (number, place) join pg_attribute k on k.attrelid = c.oid
                        and k.attnum = part.number)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('accounts', 'automation', 'engine') and a.attnum > 0
            and not a.attisdropped
                and (c.relname = 'users' or exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not
                t.attisdropped))
                and c.relname not in ('data_keys', 'queue', 'deduplication', 'webhook_starts') and a.attname !~ $1
                and a.atttypid <> 'tsvector'::regtype
                and has_column_privilege(c.oid, a.attnum, 'SELECT')
            group by c.oid, 1 order by 1
            """,
            Secret
        );
        return await command.ListAsync(row => new ExportTable(row.GetString(0), row.GetFieldValue<string[]>(1), row.GetFieldValue<string[]>(2)), ct);
    }

    /// <summary>Writes rows after a position, until the buffer is full or the number of rows of the position is reached.</summary>
    /// <returns>The next position; null at the end.</returns>
    public async Task<ExportPlace?> ReadAsync(
        NpgsqlConnection connection,
        ExportFilter? filter,
        ExportPlace place,
        ExportLines lines,
        CancellationToken ct
    )
    {
        await using var command = Page(connection, filter, place);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (rows, after) = (0, place.After);
        while (!lines.IsFull && await reader.ReadAsync(ct))
        {
            lines.WriteRow(Name, reader, Columns.Length);
            after = [.. Enumerable.Range(Columns.Length, Key.Length).Select(reader.GetValue)];
            rows++;
        }

        // Rows that were read and not written are wasted, so the next statement asks for about a page.
        return lines.IsFull ? new(after, Math.Max(rows, FewestRows))
            : rows < place.Rows ? null
            : new(after, Math.Min(place.Rows * 2, MostRows));
    }

    private NpgsqlCommand Page(NpgsqlConnection connection, ExportFilter? filter, ExportPlace place)
    {
        var values = filter?.Values ?? [];
        var conditions = new List<string>();
        if (filter is not null)
        {
            conditions.Add(filter.Condition);
        }

        if (place.After is { } after)
        {
            conditions.Add($"({string.Join(", ", Key)}) > ({string.Join(", ", after.Select((_, i) => $"${values.Length + i + 1}"))})");
            values = [.. values, .. after];
        }

        var where = conditions.Count == 0 ? "" : $"where {string.Join(" and ", conditions)}";
        var key = string.Join(", ", Key);
        var command = connection.Command($"select {string.Join(", ", Columns)}, {key} from {Name} {where} order by {key} limit {place.Rows}", values);
        command.CommandTimeout = LongestStatement;
        return command;
    }
}

/// <summary>A condition for rows, with its parameters from $1 on.</summary>
internal sealed record ExportFilter(string Condition, object[] Values);

/// <summary>A position in a table.</summary>
/// <param name="After">The key of the last row; null at the start.</param>
/// <param name="Rows">The number of rows of the next statement.</param>
internal sealed record ExportPlace(object[]? After, int Rows)
{
    public static readonly ExportPlace? Start = new(null, 64);
}
