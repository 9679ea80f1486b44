using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Members;

public sealed class MeTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Owner_sees_the_whole_of_the_own_tenant_and_nothing_of_others()
    {
        await _host.RegisterAsync();
        var mine = await _host.RegisterAsync();

        var me = await MeAsync((await _host.ValidateAsync(mine.Session.Token.Token)).Caller);

        Assert.Equal(mine.Session.User, me.User);
        Assert.Equal(mine.Session.Tenant, me.Tenant);
        Assert.Equal([mine.Community], me.Communities);
        Assert.Equal([mine.Entity], me.Entities);
        Assert.Contains(Permission.ManageMembers, me.Permissions);
    }

    [Fact]
    public async Task Member_sees_own_communities_only()
    {
        var tenant = await _host.RegisterAsync();
        var owner = (await _host.ValidateAsync(tenant.Session.Token.Token)).Caller;
        var second = (long)
            (await _host.SqlAsync("insert into accounts.communities (tenant_id, name) values ($1, 'Second') returning id", owner.TenantId.Value))!;

        var me = await MeAsync(owner with { Communities = CommunityAccess.Of(new Dictionary<CommunityId, Role> { [new(second)] = Role.Viewer }) });

        Assert.Equal([new CommunityId(second)], me.Communities.Select(c => c.CommunityId));
        Assert.Empty(me.Entities);
        Assert.Equal(2, (await MeAsync(owner)).Communities.Count);
    }

    [Fact]
    public async Task Membership_that_has_ended_is_no_session_any_more()
    {
        var tenant = await _host.RegisterAsync();
        var caller = (await _host.ValidateAsync(tenant.Session.Token.Token)).Caller;
        await _host.SqlAsync("delete from accounts.memberships where user_id = $1", caller.UserId.Value);

        Assert.IsType<AccountsError.TokenRefused>((await _host.Get<MeHandler>().HandleAsync(caller, AccountsHost.Ct)).Error());
    }

    private async Task<Me> MeAsync(Caller caller) => (await _host.Get<MeHandler>().HandleAsync(caller, AccountsHost.Ct)).Value();
}
