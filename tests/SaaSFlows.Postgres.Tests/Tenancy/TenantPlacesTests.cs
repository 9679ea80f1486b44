using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tests.Tenancy;

public sealed class TenantPlacesTests
{
    private static readonly TenantId Busy = new(Guid.NewGuid());
    private static readonly TenantId Small = new(Guid.NewGuid());
    private readonly TenantPlaces _places = new(12);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_alone_has_two_thirds_and_what_is_over_waits()
    {
        var busy = Enter(Busy, 20);
        Assert.Equal(8, busy.Count(one => one.IsCompletedSuccessfully));
        Assert.All(Enter(Small, 2), one => Assert.True(one.IsCompletedSuccessfully));

        _places.Leave(Small);
        _places.Leave(Small);
        for (var i = 0; i < 20; i++)
        {
            await busy[i].WaitAsync(TimeSpan.FromSeconds(30), Ct);
            _places.Leave(Busy);
        }

        Assert.Equal(8, Enter(Busy, 9).Count(one => one.IsCompletedSuccessfully));
    }

    [Fact]
    public void What_becomes_free_goes_to_tenants_in_turn()
    {
        var others = Enumerable.Range(0, 12).Select(_ => new TenantId(Guid.NewGuid())).ToList();
        others.ForEach(one => Enter(one, 1));
        var (busy, small) = (Enter(Busy, 5), Enter(Small, 1));

        others.Take(2).ToList().ForEach(_places.Leave);

        Assert.Equal([true, false, false, false, false], busy.Select(Entered));
        Assert.Equal([true], small.Select(Entered));
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_place_to_the_next()
    {
        var places = new TenantPlaces(1);
        await places.EnterAsync(Busy, Ct);
        using var patience = new CancellationTokenSource();
        var impatient = places.EnterAsync(Busy, patience.Token).AsTask();
        var next = places.EnterAsync(Small, Ct).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);

        places.Leave(Busy);

        await next.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    private List<Task> Enter(TenantId tenant, int count) => [.. Enumerable.Range(0, count).Select(_ => _places.EnterAsync(tenant, Ct).AsTask())];

    // The waiter's own task completes a moment later.
    private static bool Entered(Task one) => one.Wait(TimeSpan.FromMilliseconds(200), Ct);
}
