using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Migrations;

public sealed class MigratorTests : IAsyncLifetime
{
    private readonly List<string> databases = [];
    private string server = "";

    public async ValueTask InitializeAsync() => server = await TestServer.AdminConnectionStringAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
        {
            await ExecuteAsync(server, $"drop database if exists {database} with (force)");
        }
    }

    [Fact]
    public async Task Second_run_changes_nothing()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        var first = await ScalarAsync(
            database,
            "select string_agg(version || checksum || applied_at, ',' order by version) from public.schema_migrations"
        );
        await MigrateAsync(database);
        Assert.Equal(
            first,
            await ScalarAsync(database, "select string_agg(version || checksum || applied_at, ',' order by version) from public.schema_migrations")
        );
    }

    [Fact]
    public async Task Many_processes_migrate_one_new_database_once()
    {
        var database = NewDatabase();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(database)));
        Assert.Equal((long)Migration.All.Count, await ScalarAsync(database, "select count(*) from public.schema_migrations"));
    }

    [Fact]
    public async Task Many_databases_of_one_server_are_migrated_at_the_same_time()
    {
        var many = Enumerable.Range(0, 4).Select(_ => NewDatabase()).ToList();
        await Task.WhenAll(many.Select(database => MigrateAsync(database)));
        foreach (var database in many)
        {
            Assert.Equal((long)Migration.All.Count, await ScalarAsync(database, "select count(*) from public.schema_migrations"));
        }
    }

    [Fact]
    public async Task Changed_migration_is_refused_by_name()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        await ExecuteAsync(database, "update public.schema_migrations set checksum = 'other' where version = 2");
        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database));
        Assert.Contains("0002 (accounts) was changed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_a_newer_program_is_refused()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        await ExecuteAsync(database, "insert into public.schema_migrations (version, name, checksum) values (9999, 'future', 'x')");
        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database));
        Assert.Contains("9999 (future)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journals_of_one_row_for_each_event_become_pages_and_lose_nothing()
    {
        var (database, execution) = (NewDatabase(), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-60)));
        await MigrateAsync(database, last: 11);
        await ExecuteAsync(
            database,
            $$"""
            select engine.ensure_partitions(now() - interval '61 days', now());
            create table public.before as
            select '{{execution}}'::uuid as execution_id, s::bigint as seq, '{{Guid.NewGuid()}}'::uuid as tenant_id, 1001::bigint as community_id,
                (case s when 150 then 4 else 2 end)::smallint as kind, case when s > 1 then 'n"' || s end as node_id,
                case when s % 3 = 0 then 'each\:' || s else '' end as scope, s % 2 as token, s % 5 as attempt, s % 7 as ordinal,
                timestamptz '2026-11-21 01:02:03.456789+00' + s * interval '1 microsecond' as at,
                case when s % 4 > 0 then convert_to('{"output":"\u0000 ü","x":' || s || '.0,"none":null}', 'UTF8') end as body
            from generate_series(1, 250) s;
            insert into engine.journal select * from public.before;
            """
        );

        await MigrateAsync(database);

        Assert.Equal("3 1", await ScalarAsync(database, "select count(*) || ' ' || count(*) filter (where failures) from engine.journal"));
        Assert.Equal(
            250L,
            await ScalarAsync(
                database,
                """
                select count(*) from public.before b join engine.events e using (execution_id, seq, tenant_id, community_id, kind, scope, token,
                attempt, ordinal, at)
                where e.node_id is not distinct from b.node_id and e.body::text is not distinct
                from replace(convert_from(b.body, 'UTF8'), '\u0000', '\u2400')
                """
            )
        );
        await using var source = NpgsqlDataSource.Create(database);
        await using var query = source.CreateCommand(JournalRows.After);
        Array.ForEach<object>([execution, 98L, 110], value => query.Parameters.Add(new() { Value = value }));
        var read = (await JournalRows.ReadAfterAsync(query, 98, 110, TestContext.Current.CancellationToken)).Events;
        Assert.Equal(Enumerable.Range(99, 110).Select(seq => (long)seq), read.Select(recorded => recorded.Seq));
        Assert.Equal(
            new JournalEvent(
                99,
                JournalEventKind.NodeCompleted,
                new("n\"99"),
                @"each\:99",
                1,
                4,
                1,
                new(2026, 11, 21, 1, 2, 3, 456, 888, TimeSpan.Zero),
                default
            ),
            read[0] with
            {
                Body = default,
            }
        );
        Assert.Equal("""{"output":"\u0000 ü","x":99.0,"none":null}""", Encoding.UTF8.GetString(read[0].Body.Span));
    }

    [Fact]
    public async Task Addresses_are_composed_and_no_account_is_lost()
    {
        var database = NewDatabase();
        await MigrateAsync(database, last: 54);
        await ExecuteAsync(
            database,
            """
            insert into accounts.users (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, phone_number_confirmed,
            two_factor_enabled, lockout_enabled, access_failed_count)
            select ('00000000-0000-7000-8000-00000000000' || n)::uuid, name, name, name, name, true, false, false, false, 0
            from unnest(array[U&'U\0308@X.ORG', U&'O\0308@X.ORG', U&'\00D6@X.ORG', 'A@X.ORG']) with ordinality as t (name, n)
            """
        );

        await MigrateAsync(database);

        // The second one was a twin already: it stays as it was, beside the one that is found.
        Assert.Equal(
            3L,
            await ScalarAsync(
                database,
                "select count(*) from accounts.users where normalized_email is nfc normalized and normalized_user_name = normalized_email"
            )
        );
        Assert.Equal(1L, await ScalarAsync(database, @"select count(*) from accounts.users where normalized_email = U&'\00DC@X.ORG'"));
    }

    [Fact]
    public async Task Lanes_come_to_a_full_queue_and_lose_none_of_it()
    {
        var database = NewDatabase();
        await MigrateAsync(database, last: 35);
        await ExecuteAsync(
            database,
            """
            insert into engine.queue (execution_id, tenant_id, available_at, owner, enqueued_at)
            select gen_random_uuid(), ('00000000-0000-7000-8000-00007fff' || lpad(to_hex(n), 4, '0'))::uuid, now() + n * interval '1 s', case
            when n % 3 = 0 then gen_random_uuid() end, now()
            from generate_series(1, 500) n;
            create table public.before as select * from engine.queue;
            """
        );

        await MigrateAsync(database);

        Assert.Equal(
            500L,
            await ScalarAsync(
                database,
                "select count(*) from public.before b join engine.queue q using (execution_id, tenant_id, available_at, enqueued_at) where "
                    + "q.owner is not distinct from b.owner"
            )
        );
        Assert.Equal(500L, await ScalarAsync(database, "select count(distinct lane) from engine.queue where lane between 2147418112 and 2147483647"));
    }

    [Fact]
    public async Task No_login_role_may_bypass_the_walls()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        Assert.Equal(
            5L,
            await ScalarAsync(
                database,
                """
                select count(*) from pg_roles
                where rolname like 'saasflows%' and rolcanlogin and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
                """
            )
        );
    }

    [Fact]
    public void Derived_passwords_differ_from_role_to_role_and_are_not_printed()
    {
        var passwords = RolePasswords.DeriveFrom("a secret of the installation");
        Assert.Equal(5, new HashSet<string> { passwords.Owner, passwords.App, passwords.Engine, passwords.Lookup, passwords.Jobs }.Count);
        Assert.Equal("***", passwords.ToString());
    }

    private static async Task MigrateAsync(string connectionString, int last = int.MaxValue) =>
        await Migrator.MigrateAsync(
            connectionString,
            new MigratorOptions { LastVersion = last },
            NullLogger.Instance,
            TestContext.Current.CancellationToken
        );

    private string NewDatabase()
    {
        var name = $"migrator_{Guid.NewGuid():N}";
        databases.Add(name);
        return new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString;
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
