using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Migrations;

public sealed class FunctionTests : IAsyncLifetime
{
    // The last version that had its functions in the migrations.
    private const int Before = 56;

    private const string Ours = """
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('tenancy', 'accounts', 'automation', 'engine')
        """;
    private const string Names =
        """select string_agg(n.nspname || '.' || p.proname, e'\n' order by (n.nspname || '.' || p.proname) collate "C") """ + Ours;
    private const string Signatures = "select string_agg(p.oid::regprocedure::text, e'\\n' order by p.oid::regprocedure::text) " + Ours;

    private string database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.AdminConnectionStringAsync(Ct);
        database = new NpgsqlConnectionStringBuilder(server) { Database = $"functions_{Guid.NewGuid():N}", Pooling = false }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        var target = new NpgsqlConnectionStringBuilder(database);
        var name = target.Database;
        target.Database = "postgres";
        database = target.ConnectionString;
        await ScalarAsync($"drop database if exists {name} with (force)");
    }

    [Fact]
    public async Task Every_function_has_a_file_and_every_file_one_function()
    {
        await MigrateAsync();
        Assert.Equal(string.Join('\n', Functions.All.Select(f => f.Name).Order(StringComparer.Ordinal)), await ScalarAsync(Names));
    }

    [Fact]
    public async Task No_newer_migration_makes_a_function()
    {
        await MigrateAsync(last: Before);
        var before = await ScalarAsync(Signatures);
        await MigrateAsync(functions: []);
        Assert.Equal(before, await ScalarAsync(Signatures));
    }

    [Fact]
    public async Task An_installed_version_is_upgraded_and_the_second_run_changes_nothing()
    {
        await MigrateAsync(last: Before);
        await ScalarAsync("create or replace function accounts.role_rank(role text) returns integer language sql immutable return 7");
        await ScalarAsync("grant execute on function accounts.role_rank to saasflows_jobs");
        await MigrateAsync();

        Assert.Equal(5, await ScalarAsync("select accounts.role_rank('owner')"));
        Assert.Equal(false, await ScalarAsync("select has_function_privilege('saasflows_jobs', 'accounts.role_rank(text)', 'execute')"));
        var first = await HistoryAsync();
        await MigrateAsync();
        Assert.Equal(first, await HistoryAsync());
    }

    [Fact]
    public async Task Processes_that_start_together_apply_each_text_once()
    {
        await MigrateAsync(last: Before);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync()));
        Assert.Equal((long)Functions.All.Count, await ScalarAsync("select count(*) from public.schema_functions"));
    }

    [Fact]
    public async Task A_changed_text_is_applied_alone_and_takes_grants_back()
    {
        await MigrateAsync([
            Function("accounts.a", "() returns integer language sql return 1", "grant execute on function accounts.a to saasflows_app;"),
        ]);
        await MigrateAsync([
            Function("accounts.a", "() returns integer language sql return 2", ""),
            Function("accounts.b", "() returns integer language sql return 3", ""),
        ]);

        Assert.Equal(2, await ScalarAsync("select accounts.a()"));
        Assert.Equal(3, await ScalarAsync("select accounts.b()"));
        Assert.Equal(false, await ScalarAsync("select has_function_privilege('saasflows_app', 'accounts.a()', 'execute')"));
        Assert.Equal(
            "accounts.a,accounts.a,accounts.b",
            await ScalarAsync("select string_agg(name, ',' order by name) from public.schema_functions")
        );
    }

    [Theory]
    [InlineData("(x integer, y text) returns integer language sql return 2", "accounts.a(1, 'y')")]
    [InlineData("(x integer) returns text language sql return '2'", "accounts.a(1)::integer")]
    [InlineData("(renamed integer) returns integer language sql return 2", "accounts.a(1)")]
    public async Task A_changed_signature_replaces_the_old_function(string changed, string call)
    {
        await MigrateAsync([Function("accounts.a", "(x integer) returns integer language sql return 1", "")]);
        await MigrateAsync([Function("accounts.a", changed, "grant execute on function accounts.a to saasflows_app;")]);

        Assert.Equal(2, await ScalarAsync($"select {call}"));
        Assert.Equal(1L, await ScalarAsync("select count(*) from pg_proc where pronamespace = 'accounts'::regnamespace and proname = 'a'"));
        Assert.Equal(
            true,
            await ScalarAsync(
                "select has_function_privilege('saasflows_app', oid, 'execute') from pg_proc where proname = 'a' and "
                    + "pronamespace = 'accounts'::regnamespace"
            )
        );
    }

    [Fact]
    public async Task What_a_table_needs_keeps_its_signature()
    {
        await MigrateAsync([Function("accounts.a", "(x integer) returns boolean language sql return true", "")]);
        await ScalarAsync("create table accounts.needs (x integer check (accounts.a(x)))");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() =>
            MigrateAsync([Function("accounts.a", "(x integer) returns text language sql return ''", "")])
        );

        Assert.Contains("accounts.a", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(true, await ScalarAsync("select accounts.a(1)"));
    }

    [Fact]
    public async Task Functions_that_need_later_ones_are_applied_after_them()
    {
        await MigrateAsync([
            Function("accounts.a", "() returns integer language sql return accounts.b() + 1", ""),
            Function("accounts.b", "() returns integer language sql as 'select accounts.c()'", ""),
            Function("accounts.c", "() returns integer language sql return 5", ""),
        ]);
        Assert.Equal(6, await ScalarAsync("select accounts.a()"));
    }

    [Fact]
    public async Task A_text_that_the_server_refuses_leaves_all_as_it_was()
    {
        await MigrateAsync([Function("accounts.a", "() returns integer language sql return 1", "")]);
        var refusal = await Assert.ThrowsAsync<MigrationException>(() =>
            MigrateAsync([
                Function("accounts.a", "() returns integer language sql return 2", ""),
                Function("accounts.b", "() returns integer language sql return accounts.missing()", ""),
            ])
        );
        Assert.Contains("accounts.b could not be applied", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await ScalarAsync("select accounts.a()"));
    }

    [Fact]
    public async Task A_program_with_older_functions_is_refused_and_changes_none()
    {
        var older = Function("accounts.a", "() returns integer language sql return 1", "");
        await MigrateAsync([older]);
        await MigrateAsync([Function("accounts.a", "() returns integer language sql return 2", "")]);

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([older]));

        Assert.Contains("newer text of the function accounts.a", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, await ScalarAsync("select accounts.a()"));
    }

    private static SqlResource Function(string name, string rest, string grants) =>
        new(name, $"create or replace function {name}{rest};\n" + $"revoke all on function {name} from public;\n{grants}");

    private Task MigrateAsync(int last = int.MaxValue) => MigrateAsync(new MigratorOptions { LastVersion = last });

    private Task MigrateAsync(IReadOnlyList<SqlResource> functions) => MigrateAsync(new MigratorOptions { Functions = functions });

    private Task MigrateAsync(MigratorOptions options) => Migrator.MigrateAsync(database, options, NullLogger.Instance, Ct);

    private Task<object?> HistoryAsync() =>
        ScalarAsync("select string_agg(number || name || checksum || applied_at, ',' order by number) from public.schema_functions");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
