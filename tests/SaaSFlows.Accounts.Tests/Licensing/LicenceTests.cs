using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Licensing;

public sealed class LicenceTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private const int Limit = 3;
    private const string Insert = """
        insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, created_at, updated_at)
        values (gen_random_uuid(), $1, $2, $3, gen_random_uuid()::text, 'w', 'draft', '{}', now(), now())
        """;

    private readonly AccountsHost _host = new(database, Limit);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(Limit - 1, true, true)]
    [InlineData(Limit, false, true)]
    [InlineData(Limit + 1, false, false)]
    public async Task Limit_refuses_the_next_workflow_and_one_too_many_stops_all(int existing, bool mayCreate, bool mayRun)
    {
        var tenant = await TenantAsync(existing);

        Assert.Equal(mayCreate, await MayAsync(tenant, LicensedAction.CreateWorkflow));
        Assert.Equal(mayRun, await MayAsync(tenant, LicensedAction.PublishWorkflow));
        Assert.Equal(mayRun, await MayAsync(tenant, LicensedAction.Execute));
    }

    [Fact]
    public async Task Refusal_says_limit_use_and_what_helps()
    {
        var tenant = await TenantAsync(Limit);

        var error = (await _host.Get<Licence>().MayDoAsync(tenant.Session.Tenant.TenantId, LicensedAction.CreateWorkflow, AccountsHost.Ct)).Error();

        var exceeded = Assert.IsType<AccountsError.LicenceExceeded>(error);
        Assert.Equal((LicensedAction.CreateWorkflow, Limit, Limit), (exceeded.Action, exceeded.Limit, exceeded.Used));
        Assert.Equal("licence.workflows_exceeded", exceeded.Code);
        Assert.Contains("Archive", exceeded.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_creates_stop_exactly_at_the_limit()
    {
        var tenant = await TenantAsync(0);
        await using var second = new AccountsHost(database, Limit);

        var created = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => CreateAsync(i % 2 == 0 ? _host : second, tenant))));

        Assert.Equal(Limit, created.Count(c => c));
        Assert.Equal(Limit, await _host.CountAsync("automation.workflows where tenant_id = $1", tenant.Session.Tenant.TenantId.Value));
    }

    [Fact]
    public async Task Workflows_the_caller_can_not_see_are_counted()
    {
        var tenant = await TenantAsync(Limit);

        Assert.False(await CreateAsync(_host, tenant, CommunityScope.Of()));
    }

    [Fact]
    public async Task Yes_comes_from_memory_until_forgotten_and_no_is_confirmed_each_time()
    {
        var tenant = await TenantAsync(Limit);
        Assert.True(await MayAsync(tenant, LicensedAction.Execute));

        await AddAsync(tenant, 1);
        Assert.True(await MayAsync(tenant, LicensedAction.Execute));
        _host.Get<Licence>().Forget(tenant.Session.Tenant.TenantId);
        Assert.False(await MayAsync(tenant, LicensedAction.Execute));

        await _host.SqlAsync("update automation.workflows set status = 'archived' where tenant_id = $1", tenant.Session.Tenant.TenantId.Value);
        Assert.True(await MayAsync(tenant, LicensedAction.Execute));
    }

    [Fact]
    public async Task Create_raises_the_epoch_that_a_remembered_yes_was_good_for()
    {
        var tenant = await TenantAsync(0);
        var id = tenant.Session.Tenant.TenantId;
        var before = (await _host.Get<Licence>().MayDoAsync(id, LicensedAction.Execute, AccountsHost.Ct)).Value();

        Assert.True(await CreateAsync(_host, tenant));

        var after = (await _host.Get<Licence>().MayDoAsync(id, LicensedAction.Execute, AccountsHost.Ct)).Value();
        Assert.Equal(before.Value + 1, after.Value);
        Assert.Equal(after.Value, await _host.SqlAsync("select licence_epoch from accounts.tenants where tenant_id = $1", id.Value));
    }

    [Fact]
    public async Task Release_ends_the_answers_of_the_old_epoch()
    {
        var id = (await TenantAsync(0)).Session.Tenant.TenantId;
        var licence = _host.Get<Licence>();
        var before = (await licence.MayDoAsync(id, LicensedAction.Execute, AccountsHost.Ct)).Value();

        await _host
            .Get<TenantDatabase>()
            .QueryAsync(
                new(id, CommunityScope.All),
                async (connection, ct) =>
                {
                    await licence.ReleaseWorkflowAsync(connection, id, ct);
                    return true;
                },
                AccountsHost.Ct
            );

        Assert.Equal(before.Value + 1, (await licence.MayDoAsync(id, LicensedAction.Execute, AccountsHost.Ct)).Value().Value);
    }

    [Fact]
    public async Task Without_a_limit_everything_goes()
    {
        var tenant = await TenantAsync(Limit + 5);
        await using var unlimited = new AccountsHost(database);

        Assert.True(await CreateAsync(unlimited, tenant));
        Assert.True((await unlimited.Get<Licence>().MayDoAsync(tenant.Session.Tenant.TenantId, LicensedAction.Execute, AccountsHost.Ct)).IsDone());
    }

    [Fact]
    public async Task Suspended_and_unknown_tenants_may_do_nothing()
    {
        var tenant = await TenantAsync(0);
        await _host.SqlAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1", tenant.Session.Tenant.TenantId.Value);

        foreach (var id in new[] { tenant.Session.Tenant.TenantId, new TenantId(Guid.NewGuid()) })
        {
            Assert.IsType<AccountsError.TenantClosed>((await _host.Get<Licence>().MayDoAsync(id, LicensedAction.Execute, AccountsHost.Ct)).Error());
        }

        Assert.False(await CreateAsync(_host, tenant));
    }

    private async Task<Registration> TenantAsync(int workflows)
    {
        var tenant = await _host.RegisterAsync();
        await AddAsync(tenant, workflows);
        return tenant;
    }

    private async Task AddAsync(Registration tenant, int workflows)
    {
        for (var i = 0; i < workflows; i++)
        {
            await _host.SqlAsync(Insert, tenant.Session.Tenant.TenantId.Value, tenant.Community.CommunityId.Value, tenant.Entity.EntityId.Value);
        }
    }

    private async Task<bool> MayAsync(Registration tenant, LicensedAction action) =>
        (await _host.Get<Licence>().MayDoAsync(tenant.Session.Tenant.TenantId, action, AccountsHost.Ct)).IsDone();

    /// <summary>As the module that creates workflows does it: admitted and inserted in one transaction.</summary>
    private static async Task<bool> CreateAsync(AccountsHost host, Registration tenant, CommunityScope? communities = null)
    {
        var id = tenant.Session.Tenant.TenantId;
        try
        {
            await host.Get<TenantDatabase>()
                .RunAsync(
                    new(id, communities ?? CommunityScope.All),
                    async (db, ct) =>
                    {
                        (await host.Get<Licence>().AdmitNewWorkflowAsync(db.Database.GetDbConnection(), id, ct)).Value();
                        await db.Database.ExecuteSqlRawAsync(
                            Insert
                                .Replace("$1", "{0}", StringComparison.Ordinal)
                                .Replace("$2", "{1}", StringComparison.Ordinal)
                                .Replace("$3", "{2}", StringComparison.Ordinal)
                                .Replace("'{}'", "'{{}}'", StringComparison.Ordinal),
                            [id.Value, tenant.Community.CommunityId.Value, tenant.Entity.EntityId.Value],
                            ct
                        );
                    },
                    AccountsHost.Ct
                );
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("Refused", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
