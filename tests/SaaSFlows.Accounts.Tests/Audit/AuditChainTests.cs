using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Audit;

public sealed class AuditChainTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private const string Mine = "tenant_id = '{0}'";

    private readonly AccountsHost _host = new(database);

    private static CancellationToken Ct => AccountsHost.Ct;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Sealed_entries_are_numbered_without_gaps_and_verify()
    {
        var caller = await CallerAsync();
        await WriteAsync(caller, 20, new { note = "Grüße 😀 \0", size = 1.5 });
        await SealAsync();
        await WriteAsync(caller, 3);

        var verdict = await VerifyAsync(caller);

        Assert.Null(verdict.Break);
        Assert.Equal((22L, 3L), (verdict.Head.Number, verdict.Unsealed.Length));
        Assert.Equal(["t0", "t1", "t2"], verdict.Unsealed.First.Select(entry => entry.TargetId));
        Assert.Equal(
            22L,
            await _host.SqlAsync(
                "select count(distinct number) from accounts.audit_entries where tenant_id = $1 and number between 1 and 22",
                caller.TenantId.Value
            )
        );
    }

    [Fact]
    public async Task Chain_longer_than_a_page_verifies_and_a_kept_end_is_confirmed()
    {
        var caller = await CallerAsync();
        await SealAsync();
        var kept = (await VerifyAsync(caller)).Head;
        await ManyAsync(caller, 2_500);
        await SealAsync();

        var verdict = await VerifyAsync(caller, kept);
        Assert.Equal((2_502L, true), (verdict.Head.Number, verdict.WitnessConfirmed));
        Assert.Null(verdict.Break);
    }

    [Theory]
    [InlineData("update accounts.audit_entries set action = 'harmless' where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData("update accounts.audit_entries set actor_name = 'somebody else' where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData("update accounts.audit_entries set at = at + interval '1 microsecond' where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData(
        "update accounts.audit_entries set target_type = target_type || target_id, target_id = '' where {0} and number = 7",
        7,
        AuditBreakKind.Changed
    )]
    [InlineData("update accounts.audit_entries set after = '{{}}' where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData("update accounts.audit_entries set before = '' where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData("update accounts.audit_entries set hash = sha256(hash) where {0} and number = 7", 7, AuditBreakKind.Changed)]
    [InlineData("delete from accounts.audit_entries where {0} and number = 7", 7, AuditBreakKind.Missing)]
    [InlineData("delete from accounts.audit_entries where {0} and number = 1", 1, AuditBreakKind.Missing)]
    [InlineData("delete from accounts.audit_entries where {0} and number = 12", 12, AuditBreakKind.Missing)]
    [InlineData("delete from accounts.audit_entries where {0}", 1, AuditBreakKind.Missing)]
    [InlineData(
        "update accounts.audit_entries set number = -number where {0} and number in (7, 9); update accounts.audit_entries set number = 16 + "
            + "number where {0} and number < 0",
        7,
        AuditBreakKind.Changed
    )]
    [InlineData("update accounts.audit_entries set number = null, hash = null where {0} and number = 7", 7, AuditBreakKind.Missing)]
    [InlineData(
        "insert into accounts.audit_entries (tenant_id, id, at, actor_kind, action, target_type, target_id, number, hash) select tenant_id, "
            + "gen_random_uuid(), at, actor_kind, 'forged', target_type, target_id, 13, hash from accounts.audit_entries where {0} and number "
            + "= 12",
        13,
        AuditBreakKind.Unexpected
    )]
    [InlineData("delete from accounts.audit_heads where {0}", 1, AuditBreakKind.Unexpected)]
    [InlineData("update accounts.audit_heads set hash = sha256(hash) where {0}", 12, AuditBreakKind.Changed)]
    public async Task What_a_superuser_tampers_with_is_found(string tampering, long number, AuditBreakKind kind)
    {
        var (caller, other) = (await CallerAsync(), await CallerAsync());
        await WriteAsync(caller, 10);
        await SealAsync();
        Assert.Null((await VerifyAsync(caller)).Break);

        await _host.SqlAsync("set session_replication_role = replica; " + Fill(tampering, caller) + "; set session_replication_role = origin");

        Assert.Equal(new AuditBreak(number, kind), (await VerifyAsync(caller)).Break);
        Assert.Null((await VerifyAsync(other)).Break);
    }

    [Fact]
    public async Task A_chain_rewritten_from_its_middle_verifies_but_not_against_a_kept_end()
    {
        var caller = await CallerAsync();
        await WriteAsync(caller, 10);
        await SealAsync();
        var kept = (await VerifyAsync(caller)).Head;

        await _host.SqlAsync(
            "set session_replication_role = replica; "
                + Fill(
                    """
                    update accounts.audit_entries set action = 'harmless' where {0} and number = 5;
                    update accounts.audit_entries set number = null, hash = null where {0};
                    delete from accounts.audit_heads where {0};
                    """,
                    caller
                )
                + "; set session_replication_role = origin"
        );
        await SealAsync();

        Assert.Null((await VerifyAsync(caller)).Break);
        Assert.False((await VerifyAsync(caller, kept)).WitnessConfirmed);
    }

    [Fact]
    public async Task An_entry_that_commits_late_still_gets_in_and_leaves_no_gap()
    {
        var caller = await CallerAsync();
        await SealAsync();
        var (written, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        var late = _host
            .Get<TenantDatabase>()
            .RunAsync(
                caller.Scope(),
                async (db, ct) =>
                {
                    await _host.Get<AuditLog>().WriteAsync(db, AuditEntry.By(caller, "test.late", new("thing", "late")), ct);
                    written.SetResult();
                    await released.Task;
                },
                Ct
            );
        await written.Task;
        await WriteAsync(caller, 2);
        await SealAsync();
        Assert.Equal((4L, 0L), ((await VerifyAsync(caller)).Head.Number, (await VerifyAsync(caller)).Unsealed.Length));

        released.SetResult();
        await late;
        await SealAsync();

        Assert.Equal(
            5L,
            await _host.SqlAsync("select number from accounts.audit_entries where action = 'test.late' and tenant_id = $1", caller.TenantId.Value)
        );
        Assert.Null((await VerifyAsync(caller)).Break);
    }

    [Fact]
    public async Task Many_sealers_and_writers_at_once_make_one_chain()
    {
        await using var second = new AccountsHost(database);
        var caller = await CallerAsync();
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => WriteAsync(caller, 25), Ct));
        var sealers = Enumerable
            .Range(0, 8)
            .Select(i =>
                Task.Run(
                    async () =>
                    {
                        for (var round = 0; round < 10; round++)
                        {
                            await (i % 2 == 0 ? _host : second).Get<AuditSealer>().PassAsync(Ct);
                        }
                    },
                    Ct
                )
            );
        await Task.WhenAll([.. writers, .. sealers]);
        await SealAsync();

        var verdict = await VerifyAsync(caller);
        Assert.Equal((202L, 0L), (verdict.Head.Number, verdict.Unsealed.Length));
        Assert.Null(verdict.Break);
    }

    [Fact]
    public async Task A_dropped_chain_leaves_a_tombstone_that_only_we_could_have_made()
    {
        var (caller, other) = (await CallerAsync(), await CallerAsync());
        await WriteAsync(caller, 4);
        await DropAsync(caller);

        var stone = await _host.Get<AuditTombstones>().FindAsync(caller.TenantId, Ct);
        Assert.Equal((6L, true), (stone!.Head.Number, stone.IsGenuine));
        Assert.Equal(0, await _host.CountAsync("accounts.audit_entries where tenant_id = $1", caller.TenantId.Value));
        Assert.Equal(2, await _host.CountAsync("accounts.audit_entries where tenant_id = $1", other.TenantId.Value));
        Assert.Null(await _host.Get<AuditTombstones>().FindAsync(other.TenantId, Ct));

        await _host.SqlAsync("update accounts.audit_tombstones set number = 5 where tenant_id = $1", caller.TenantId.Value);
        Assert.False((await _host.Get<AuditTombstones>().FindAsync(caller.TenantId, Ct))!.IsGenuine);
    }

    [Fact]
    public async Task A_tenant_can_not_be_deleted_before_its_chain_is_dropped()
    {
        var caller = await CallerAsync();
        var delete = () => _host.SqlAsync("delete from accounts.tenants where tenant_id = $1", caller.TenantId.Value);

        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, (await Assert.ThrowsAsync<PostgresException>(delete)).SqlState);
        await DropAsync(caller);
        await delete();
    }

    private static string Fill(string sql, Caller caller) =>
        sql.Replace("{0}", Mine.Replace("{0}", caller.TenantId.ToString(), StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{{}}", "{}", StringComparison.Ordinal);

    private async Task DropAsync(Caller caller)
    {
        var end = await _host.Get<AuditTombstones>().SignAsync(caller.TenantId, Ct);
        await using var connection = await _host.Get<PostgresPools>().Lookup.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await AuditTombstones.DropAsync(connection, caller.TenantId, end!, Ct);
        await transaction.CommitAsync(Ct);
    }

    // Registering leaves two entries: the tenant, the sign-in.
    private async Task<Caller> CallerAsync() => (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;

    private Task<int> SealAsync() => _host.Get<AuditSealer>().PassAsync(Ct);

    private Task<AuditVerdict> VerifyAsync(Caller caller, AuditSeal? witness = null) => _host.Get<AuditChain>().VerifyAsync(caller, witness, Ct);

    private Task WriteAsync(Caller caller, int count, object? after = null) =>
        _host
            .Get<TenantDatabase>()
            .RunAsync(
                caller.Scope(),
                async (db, ct) =>
                {
                    for (var i = 0; i < count; i++)
                    {
                        await _host.Get<AuditLog>().WriteAsync(db, AuditEntry.By(caller, "test.written", new("thing", $"t{i}"), null, after), ct);
                    }
                },
                Ct
            );

    private Task<object?> ManyAsync(Caller caller, int count) =>
        _host.SqlAsync(
            """
            insert into accounts.audit_entries (tenant_id, id, at, actor_kind, action, target_type, target_id)
            select $1, gen_random_uuid(), now(), 'system', 'test.many', 'thing', n::text from generate_series(1, $2) n
            """,
            caller.TenantId.Value,
            count
        );
}
