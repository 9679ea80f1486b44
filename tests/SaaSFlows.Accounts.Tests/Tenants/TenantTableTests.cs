using Npgsql;
using SaaSFlows.Accounts.Directory.Tenants.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Tenants;

/// <summary>A new table of tenants' rows is in the export and in the deletion, or somebody writes down here why it is not.</summary>
public sealed class TenantTableTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    private static readonly Dictionary<string, string> NotExported = new()
    {
        ["accounts.access_changes"] = "a feed between processes: who has what is in the memberships",
        ["accounts.audit_tombstones"] = "what is left when the tenant is gone",
        ["accounts.authorization_codes"] = "people's, for a minute",
        ["accounts.data_keys"] = "secrets",
        ["accounts.sessions"] = "people's, not the tenant's",
        ["accounts.sign_in_challenges"] = "people's, for minutes",
        ["engine.deduplication"] = "hashes of what came in, for a day",
        ["engine.endings"] = "what follows from the ends of executions, for seconds",
        ["engine.line"] = "the order of work, of executions that are in the export",
        ["engine.queue"] = "the order of work, of executions that are in the export",
        ["engine.webhook_starts"] = "numbers on their way into the totals of webhooks, for seconds",
    };

    private static readonly Dictionary<string, string> NotDeletedAsRows = new()
    {
        ["accounts.access_changes"] = "forgotten after two days",
        ["accounts.audit_entries"] = "dropped with their tombstone",
        ["accounts.audit_heads"] = "dropped with their tombstone",
        ["accounts.audit_tombstones"] = "they are what stays",
        ["accounts.tenants"] = "deleted last, by itself",
    };

    // Payloads and definitions. What else is stored as bytes is sealed, hashed or a key.
    private static readonly string[] ExportedBytes =
    [
        "automation.event_keys.answer",
        "automation.events.data",
        "automation.events.metadata",
        "automation.global_variables.value",
        "automation.services.metadata",
        "automation.triggers.config",
        "automation.workflow_versions.definition",
        "automation.workflows.draft",
        "engine.bookmarks.data",
        "engine.executions.input",
        "engine.executions.metadata",
        "engine.executions.output",
        "engine.inbox.body",
        "engine.journal.page",
    ];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_table_of_tenants_rows_is_exported_or_named_here()
    {
        var exported = (await ExportedAsync()).Select(table => table.Name);
        var all = await TablesAsync();

        Assert.True(all.Count > 20);
        Same(NotExported.Keys, all.Except(exported));
    }

    [Fact]
    public async Task Every_table_of_tenants_rows_is_deleted_or_named_here()
    {
        var deleted = await ListAsync("select name::text from accounts.tenant_tables()");

        Same(NotDeletedAsRows.Keys, (await TablesAsync()).Except(deleted));
    }

    [Fact]
    public async Task A_new_table_is_in_both_by_itself()
    {
        await using var own = new TestDatabase();
        await own.InitializeAsync();
        await using var host = new AccountsHost(own);
        await host.SqlAsync(
            """
            create table automation.notes (id bigint primary key, tenant_id uuid not null, text text, api_token text);
            select tenancy.protect('automation.notes', 'tenant');
            grant select on automation.notes to saasflows_app
            """
        );

        var notes = Assert.Single(await ExportedAsync(host), table => table.Name == "automation.notes");
        Assert.Equal(["id", "tenant_id", "text"], notes.Columns);
        Assert.Equal(1, await host.CountAsync("accounts.tenant_tables() t where t.name = 'automation.notes'::regclass"));
    }

    // Else its rows would be found by neither.
    [Fact]
    public async Task Whatever_refers_to_tenants_rows_says_whose_it_is() =>
        Assert.Empty(
            await ListAsync(
                """
                select distinct c.oid::regclass::text from pg_constraint k join pg_class c on c.oid = k.conrelid
                where k.contype = 'f' and not c.relispartition and k.confrelid <> 'accounts.users'::regclass
                    and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'tenant_id' and not a.attisdropped)
                    and not exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'tenant_id' and not a.attisdropped)
                    and c.oid <> 'accounts.users'::regclass
                """
            )
        );

    [Fact]
    public async Task Bytes_that_are_no_payload_are_not_exported()
    {
        var exported = (await ExportedAsync()).SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column}"));
        var bytes = await ListAsync(
            """
            select c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and a.attnum > 0 and a.atttypid in ('bytea'::regtype, 'bytea[]'::regtype)
            """
        );

        Same(ExportedBytes, exported.Intersect(bytes));
    }

    private static void Same(IEnumerable<string> written, IEnumerable<string> found)
    {
        var (known, all) = (written.ToHashSet(), found.ToHashSet());
        Assert.True(
            all.SetEquals(known),
            $"Not written down: {string.Join(", ", all.Except(known))}. No more: {string.Join(", ", known.Except(all))}."
        );
    }

    private Task<List<string>> TablesAsync() =>
        ListAsync(
            """
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema)' and a.attname = 'tenant_id'
            and not a.attisdropped
            """
        );

    private Task<IReadOnlyList<ExportTable>> ExportedAsync() => ExportedAsync(_host);

    private static async Task<IReadOnlyList<ExportTable>> ExportedAsync(AccountsHost host)
    {
        var tenant = (await host.RegisterAsync()).Session.Tenant.TenantId;
        return await host.Get<TenantDatabase>().QueryAsync(new(tenant, CommunityScope.All), ExportTable.AllAsync, AccountsHost.Ct);
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync(AccountsHost.Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(AccountsHost.Ct);
        var rows = new List<string>();
        while (await reader.ReadAsync(AccountsHost.Ct))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
