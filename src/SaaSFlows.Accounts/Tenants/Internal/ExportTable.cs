using Npgsql;
using SaaSFlows.Accounts.Internal;

namespace SaaSFlows.Accounts.Tenants.Internal;

/// <summary>A table of the export: from the catalogue, so that a new one is in it.</summary>
/// <param name="Name">With its schema.</param>
/// <param name="Columns">Those that the app role may read and that hold no secret.</param>
internal sealed record ExportTable(string Name, string Columns)
{
    // Whatever is sealed, hashed or wrapped is called so; words are an index over other columns.
    private const string Secret = "(^|_)(hash|sealed|wrapped|secret|password|token|key_id|signature)(_|$)";

    public static async Task<IReadOnlyList<ExportTable>> AllAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = connection.Command(
            """
            select n.nspname || '.' || c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('accounts', 'automation', 'engine') and a.attnum > 0 and not a.attisdropped
                and (c.relname = 'users' or exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped))
                and c.relname not in ('data_keys', 'queue', 'deduplication') and a.attname !~ $1 and a.atttypid <> 'tsvector'::regtype
                and has_column_privilege(c.oid, a.attnum, 'SELECT')
            group by 1 order by 1
            """,
            Secret);
        return await command.ListAsync(row => new ExportTable(row.GetString(0), row.GetString(1)), ct);
    }
}
