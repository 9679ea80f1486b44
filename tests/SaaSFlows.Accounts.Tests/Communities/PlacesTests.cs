using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Communities;

public sealed class PlacesTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Only_places_of_the_own_tenant_that_fit_are_found()
    {
        var (mine, other) = (await _host.RegisterAsync(), await _host.RegisterAsync());
        var place = new Place(mine.Community.CommunityId, mine.Entity.EntityId);

        Assert.Equal([place], await FindAsync(mine, null, null));
        Assert.Equal([place], await FindAsync(mine, place.Community, place.Entity));
        Assert.Empty(await FindAsync(mine, other.Community.CommunityId, null));
        Assert.Empty(await FindAsync(mine, null, other.Entity.EntityId));
        Assert.Empty(await FindAsync(mine, place.Community, other.Entity.EntityId));
    }

    [Fact]
    public async Task Newest_message_number_is_locked_and_set_in_one_transaction()
    {
        var (mine, other) = (await _host.RegisterAsync(), await _host.RegisterAsync());

        await InAsync(
            mine,
            async (db, ct) =>
            {
                Assert.Equal(0, await Places.LockLastMessageAsync(db, mine.Entity.EntityId, ct));
                await Places.SetLastMessageAsync(db, mine.Entity.EntityId, 7, ct);
                Assert.Null(await Places.LockLastMessageAsync(db, other.Entity.EntityId, ct));
                return true;
            }
        );

        Assert.Equal(7, await InAsync(mine, (db, ct) => Places.LockLastMessageAsync(db, mine.Entity.EntityId, ct)));
    }

    private Task<IReadOnlyList<Place>> FindAsync(Registration tenant, CommunityId? community, EntityId? entity) =>
        InAsync(tenant, (db, ct) => Places.FindAsync(db, community, entity, ct));

    private Task<T> InAsync<T>(Registration tenant, Func<AppDb, CancellationToken, Task<T>> work) =>
        _host.Get<TenantDatabase>().RunAsync(new(tenant.Session.Tenant.TenantId, CommunityScope.All), work, AccountsHost.Ct);
}
