using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Freshness;

/// <summary>What was taken away is gone in every process, whatever a token says; and nobody asks the database for that.</summary>
public sealed class AccessFreshnessTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_role_counts_in_a_second_process_within_five_seconds()
    {
        await using AccountsHost one = new(database),
            two = new(database, configure: services => services.AddSingleton(TimeProvider.System));
        var (owner, token) = await EditorAsync(one);
        await two.Get<AccessFeed>().StartAsync(Ct);
        await Eventually.True(() => !two.Get<AccessChanges>().IsBehind, TimeSpan.FromSeconds(20), Ct);
        await Eventually.True(
            async () => (await two.Get<AccessFreshness>().CurrentAsync(token, Ct))!.Caller.May(Permission.UpdateWorkflows),
            TimeSpan.FromSeconds(20),
            Ct
        );

        (await one.Get<MembersHandler>().ChangeRoleAsync(owner, token.Caller.UserId, "viewer", Ct)).Value();
        await Eventually.True(
            async () =>
                await two.Get<AccessFreshness>().CurrentAsync(token, Ct) is { } now
                && !now.Caller.May(Permission.UpdateWorkflows)
                && now.Caller.May(Permission.ReadWorkflows),
            TimeSpan.FromSeconds(5),
            Ct
        );

        (await one.Get<MembersHandler>().RemoveAsync(owner, token.Caller.UserId, Ct)).Value();
        await Eventually.True(async () => await two.Get<AccessFreshness>().CurrentAsync(token, Ct) is null, TimeSpan.FromSeconds(5), Ct);
        Assert.False(two.Get<AccessChanges>().IsBehind);
        await two.Get<AccessFeed>().StopAsync(Ct);
    }

    [Fact]
    public async Task A_token_never_gains_by_a_change()
    {
        await using var host = new AccountsHost(database);
        var (owner, token) = await EditorAsync(host);
        var feed = host.Get<AccessFeed>();
        await feed.PollAsync(Ct);

        (await host.Get<MembersHandler>().ChangeRoleAsync(owner, token.Caller.UserId, "admin", Ct)).Value();
        await feed.PollAsync(Ct);
        var now = (await host.Get<AccessFreshness>().CurrentAsync(token, Ct))!.Caller;

        Assert.False(now.May(Permission.ManageMembers));
        Assert.True(now.May(Permission.UpdateWorkflows));
        Assert.False(now.Communities.IsWholeTenant);
    }

    [Fact]
    public async Task A_change_that_was_numbered_first_and_committed_last_is_not_missed()
    {
        await using var host = new AccountsHost(database);
        var (early, late) = ((await EditorAsync(host)).Token, (await EditorAsync(host)).Token);
        var feed = host.Get<AccessFeed>();
        await feed.PollAsync(Ct);
        await using var slow = new NpgsqlConnection(database.AdminConnectionString);
        await slow.OpenAsync(Ct);
        await using var transaction = await slow.BeginTransactionAsync(Ct);
        await DemoteAsync(slow, early);
        await using (var quick = new NpgsqlConnection(database.AdminConnectionString))
        {
            await quick.OpenAsync(Ct);
            await DemoteAsync(quick, late);
        }

        await feed.PollAsync(Ct);
        Assert.False((await host.Get<AccessFreshness>().CurrentAsync(late, Ct))!.Caller.May(Permission.UpdateWorkflows));
        Assert.True((await host.Get<AccessFreshness>().CurrentAsync(early, Ct))!.Caller.May(Permission.UpdateWorkflows));
        await transaction.CommitAsync(Ct);
        await feed.PollAsync(Ct);
        Assert.False((await host.Get<AccessFreshness>().CurrentAsync(early, Ct))!.Caller.May(Permission.UpdateWorkflows));
    }

    [Fact]
    public async Task Who_has_not_heard_for_five_seconds_asks_the_database()
    {
        await using var host = new AccountsHost(database);
        var (owner, token) = await EditorAsync(host);
        await host.Get<AccessFeed>().PollAsync(Ct);
        token = await host.ValidateAsync(await YoungerAsync(host, token));
        (await host.Get<MembersHandler>().ChangeRoleAsync(owner, token.Caller.UserId, "viewer", Ct)).Value();
        Assert.True((await host.Get<AccessFreshness>().CurrentAsync(token, Ct))!.Caller.May(Permission.UpdateWorkflows));

        host.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await host.Get<AccessFreshness>().CurrentAsync(token, Ct))!.Caller.May(Permission.UpdateWorkflows));
        Assert.True(await host.Get<SessionsHandler>().EndAsync(token.Caller, token.Session, Ct));
        Assert.Null(await host.Get<AccessFreshness>().CurrentAsync(token, Ct));
    }

    [Fact]
    public async Task An_ended_session_and_a_suspended_tenant_end_the_tokens()
    {
        await using var host = new AccountsHost(database);
        var (_, token) = await EditorAsync(host);
        var (_, other) = await EditorAsync(host);
        var feed = host.Get<AccessFeed>();
        await feed.PollAsync(Ct);
        Assert.True(await host.Get<SessionsHandler>().EndAsync(token.Caller, token.Session, Ct));
        await host.SqlAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1", other.Caller.TenantId.Value);
        await feed.PollAsync(Ct);

        Assert.Null(await host.Get<AccessFreshness>().CurrentAsync(token, Ct));
        Assert.Null(await host.Get<AccessFreshness>().CurrentAsync(other, Ct));
    }

    [Fact]
    public async Task A_process_that_starts_after_the_change_knows_it_too()
    {
        await using AccountsHost one = new(database),
            two = new(database);
        var (owner, token) = await EditorAsync(one);
        (await one.Get<MembersHandler>().ChangeRoleAsync(owner, token.Caller.UserId, "viewer", Ct)).Value();
        await two.Get<AccessFeed>().PollAsync(Ct);

        Assert.False((await two.Get<AccessFreshness>().CurrentAsync(token, Ct))!.Caller.May(Permission.UpdateWorkflows));
    }

    [Fact]
    public async Task Checks_cost_no_query_but_one_after_a_change()
    {
        await using var host = new AccountsHost(database);
        var (owner, token) = await EditorAsync(host);
        await host.Get<AccessFeed>().PollAsync(Ct);
        var text = await YoungerAsync(host, token);

        Assert.Equal(0, await CommandsAsync(async () => await CheckAsync(host, text)));
        (await host.Get<MembersHandler>().ChangeRoleAsync(owner, token.Caller.UserId, "viewer", Ct)).Value();
        await host.Get<AccessFeed>().PollAsync(Ct);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        // A membership and its communities.
        Assert.Equal(2, await CommandsAsync(async () => await CheckAsync(host, text)));
        Assert.Equal(0, await CommandsAsync(async () => await CheckAsync(host, text)));
    }

    // Ten seconds younger than the change that made its member, which therefore concerns it no more.
    private static async Task<string> YoungerAsync(AccountsHost host, ValidToken token)
    {
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await host.Get<AccessFeed>().PollAsync(Ct);
        return (await host.Tokens.IssueAsync(token.Caller, token.Session, forCookie: false, Ct)).Token;
    }

    private static async Task CheckAsync(AccountsHost host, string token)
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True((await host.Get<AccessFreshness>().CurrentAsync(await host.ValidateAsync(token), Ct))!.Caller.May(Permission.ReadWorkflows));
        }
    }

    private async Task<int> CommandsAsync(Func<Task> work)
    {
        var name = new NpgsqlConnectionStringBuilder(database.AdminConnectionString).Database!;
        var count = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            // Other tests' commands come here too, at the same moment.
            ActivityStopped = activity =>
                Interlocked.Add(ref count, activity.TagObjects.Any(tag => tag.Key is "db.namespace" or "db.name" && name.Equals(tag.Value)) ? 1 : 0),
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return count;
    }

    private static async Task DemoteAsync(NpgsqlConnection connection, ValidToken token)
    {
        await using var command = new NpgsqlCommand(
            "update accounts.memberships set role = 'viewer' where user_id = $1 and tenant_id = $2",
            connection
        )
        {
            Parameters =
            {
                new() { Value = token.Caller.UserId.Value },
                new() { Value = token.Caller.TenantId.Value },
            },
        };
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<(Caller Owner, ValidToken Token)> EditorAsync(AccountsHost host)
    {
        var owner = await host.RegisterAsync();
        var email = AccountsHost.NewEmail();
        var editor = await host.RegisterAsync(email);
        await host.SqlAsync(
            "insert into accounts.memberships (tenant_id, user_id, role, last_used_at) values ($1, $2, 'editor', now() + interval '1 day')",
            owner.Session.Tenant.TenantId.Value,
            editor.Session.User.UserId.Value
        );
        await host.SqlAsync(
            "insert into accounts.community_members (tenant_id, community_id, user_id, role) values ($1, $2, $3, 'admin')",
            owner.Session.Tenant.TenantId.Value,
            owner.Community.CommunityId.Value,
            editor.Session.User.UserId.Value
        );
        var token = await host.ValidateAsync((await host.SignInAsync(email)).Value().Token.Token);
        Assert.Equal(owner.Session.Tenant.TenantId, token.Caller.TenantId);
        return ((await host.ValidateAsync(owner.Session.Token.Token)).Caller, token);
    }
}
