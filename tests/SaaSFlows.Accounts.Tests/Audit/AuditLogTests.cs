using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Audit;

public sealed class AuditLogTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    private static CancellationToken Ct => AccountsHost.Ct;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Entry_is_written_with_its_change_or_not_at_all()
    {
        var caller = await CallerAsync();
        var entry = AuditEntry.By(caller, "test.changed", new("thing", "7", "Thing"), new { size = 1 }, new { size = 2 });

        await WriteAsync(entry);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _host
                .Get<TenantDatabase>()
                .RunAsync(
                    caller.Scope(),
                    async (db, ct) =>
                    {
                        await _host.Get<AuditLog>().WriteAsync(db, entry with { Action = "test.undone" }, ct);
                        throw new InvalidOperationException("after the entry");
                    },
                    Ct
                )
        );

        Assert.Equal(0, await CountAsync(caller, "test.undone"));
        Assert.Equal(
            $"user|{caller.UserId}|{caller.Username}|thing|7|Thing|{{\"size\":1}}|{{\"size\":2}}|10.1.2.3|studio|session|s-1|c-1",
            await _host.SqlAsync(
                """
                select concat_ws('|', actor_kind, actor_id, actor_name, target_type, target_id, target_name, before, after, address, user_agent,
                credential_kind, credential_id, correlation_id)
                from accounts.audit_entries where tenant_id = $1 and action = 'test.changed'
                """,
                caller.TenantId.Value
            )
        );
    }

    [Fact]
    public async Task Entries_of_one_moment_keep_their_order()
    {
        var caller = await CallerAsync();
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(AuditEntry.By(caller, "test.ordered", new("thing", $"{i:00}")));
        }

        Assert.Equal(
            string.Join(',', Enumerable.Range(0, 20).Select(i => $"{i:00}")),
            await _host.SqlAsync(
                "select string_agg(target_id, ',' order by id) from accounts.audit_entries where tenant_id = $1 and action = 'test.ordered'",
                caller.TenantId.Value
            )
        );
    }

    [Fact]
    public async Task Another_tenants_entry_can_be_neither_written_nor_read()
    {
        var (mine, other) = (await CallerAsync(), await CallerAsync());
        await WriteAsync(AuditEntry.By(other, "test.theirs", new("thing", "1")));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            _host
                .Get<TenantDatabase>()
                .QueryAsync(
                    mine.Scope(),
                    async (connection, ct) =>
                    {
                        await _host.Get<AuditLog>().WriteAsync(connection, AuditEntry.By(other, "test.forged", new("thing", "1")), ct);
                        return true;
                    },
                    Ct
                )
        );

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        Assert.Equal(
            0L,
            await _host
                .Get<TenantDatabase>()
                .QueryAsync(
                    mine.Scope(),
                    async (connection, ct) =>
                    {
                        await using var count = new NpgsqlCommand(
                            "select count(*) from accounts.audit_entries where action like 'test.%'",
                            connection
                        );
                        return (long)(await count.ExecuteScalarAsync(ct))!;
                    },
                    Ct
                )
        );
    }

    [Theory]
    [InlineData("update accounts.audit_entries set action = 'forged'")]
    [InlineData("update accounts.audit_entries set number = 1, hash = '\\x00'")]
    [InlineData("delete from accounts.audit_entries")]
    [InlineData("truncate accounts.audit_entries")]
    [InlineData(
        "insert into accounts.audit_entries (tenant_id, id, at, actor_kind, action, target_type, target_id, number, hash) select tenant_id, "
            + "gen_random_uuid(), now(), 'system', 'x', 'x', 'x', 1, '\\x00' from accounts.tenants"
    )]
    [InlineData("update accounts.audit_heads set number = 0")]
    [InlineData("delete from accounts.audit_heads")]
    [InlineData("delete from accounts.audit_tombstones")]
    public async Task No_login_role_changes_or_removes_what_was_written(string sql)
    {
        var caller = await CallerAsync();
        await WriteAsync(AuditEntry.By(caller, "test.kept", new("thing", "1")));
        await _host.SqlAsync("select accounts.seal_audit(null, 1000)");
        var owners = new[] { database.Roles.App, database.Roles.Engine, database.Roles.Lookup }.Concat(
            sql.Contains("audit_entries", StringComparison.Ordinal) && !sql.StartsWith("insert", StringComparison.Ordinal)
                ? [database.Roles.Owner]
                : []
        );
        foreach (var role in owners)
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(role) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(Ct);
            await using var enter = new NpgsqlCommand(
                "select set_config('app.tenant_id', $1, false), set_config('app.community_ids', '*', false)",
                connection
            )
            {
                Parameters = { new() { Value = caller.TenantId.ToString() } },
            };
            await enter.ExecuteNonQueryAsync(Ct);
            await using var attack = new NpgsqlCommand(sql, connection);
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => attack.ExecuteNonQueryAsync(Ct));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }

        Assert.Equal(1, await CountAsync(caller, "test.kept"));
    }

    private async Task<Caller> CallerAsync()
    {
        var caller = (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;
        return caller with
        {
            From = new("studio", "10.1.2.3") { CorrelationId = "c-1" },
            Credential = new("session", "s-1"),
        };
    }

    private Task WriteAsync(AuditEntry entry) =>
        _host.Get<TenantDatabase>().RunAsync(new(entry.Tenant, CommunityScope.All), (db, ct) => _host.Get<AuditLog>().WriteAsync(db, entry, ct), Ct);

    private Task<long> CountAsync(Caller caller, string action) =>
        _host.CountAsync("accounts.audit_entries where tenant_id = $1 and action = $2", caller.TenantId.Value, action);
}
