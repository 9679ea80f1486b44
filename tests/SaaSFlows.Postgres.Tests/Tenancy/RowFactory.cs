using System.Text.RegularExpressions;
using Npgsql;

namespace SaaSFlows.Postgres.Tests.Tenancy;

/// <summary>Makes a row for any table out of what the catalogue says, so that a new table needs no code here.</summary>
internal sealed partial class RowFactory(NpgsqlDataSource admin)
{
    private const string Columns = """
        select a.attname, format_type(a.atttypid, null),
            (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'c'
            and a.attnum = any (k.conkey))
        from pg_attribute a
        where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum
        """;

    /// <summary>Every ordinary and partitioned table of our schemas; partitions are reached through their parents.</summary>
    public async Task<IReadOnlyList<string>> TablesAsync(CancellationToken ct)
    {
        var tables = new List<string>();
        await using var command = admin.CreateCommand(
            """
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'jobs')
                and n.nspname <> 'public'
            order by 1
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    /// <summary>Inserts one row past foreign keys and policies.</summary>
    public async Task InsertAsync(string table, Guid tenant, long community, CancellationToken ct)
    {
        var columns = await ReadColumnsAsync(table, ct);
        var values = columns.Select(c =>
            c.Name switch
            {
                "tenant_id" => $"'{tenant}'",
                "community_id" => $"{community}",
                "service_tenant_id" => "null",
                // Of a custom role, which the first one of the check is not.
                "role_id" => "null",
                // To a role, which is one of four kinds.
                "user_id" or "entity_id" or "entity_community_id" when table == "accounts.workflow_grants" => "null",
                "rights" => "1",
                "id" when table == "accounts.communities" => $"{community}",
                _ => Value(c.Type, c.Check),
            }
        );
        await using var connection = await admin.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            $"set session_replication_role = replica; insert into {table} ({string.Join(", ", columns.Select(c => c.Name))}) overriding system "
                + $"value values ({string.Join(", ", values)})",
            connection
        );
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Value(string type, string? check) =>
        type switch
        {
            "double precision" => "1.5",
            "xid8" => "pg_current_xact_id()",
            "uuid" => $"'{Guid.CreateVersion7()}'",
            "text" when check is not null && FirstLiteral().Match(check) is { Success: true } literal => literal.Value,
            "text" => $"'x{Guid.NewGuid():N}'",
            "text[]" or "uuid[]" or "bigint[]" or "integer[]" => "'{}'",
            "boolean" => "false",
            "bytea" => $"'\\x{Guid.NewGuid():N}'",
            "timestamp with time zone" => "now()",
            "smallint" => "1",
            "integer" => $"{Random.Shared.Next()}",
            "bigint" => $"{Random.Shared.NextInt64()}",
            _ => throw new NotSupportedException($"Say here what a {type} looks like."),
        };

    private async Task<IReadOnlyList<(string Name, string Type, string? Check)>> ReadColumnsAsync(string table, CancellationToken ct)
    {
        var columns = new List<(string Name, string Type, string? Check)>();
        await using var command = admin.CreateCommand(Columns);
        command.Parameters.Add(new() { Value = table });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            columns.Add((reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2)));
        }

        return columns;
    }

    // The first word of an "in" list.
    [GeneratedRegex("'[a-z_]+'(?=::text)")]
    private static partial Regex FirstLiteral();
}
