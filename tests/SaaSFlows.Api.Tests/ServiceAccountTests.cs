using System.Net.Http.Json;

namespace SaaSFlows.Api.Tests;

public sealed class ServiceAccountTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Path = "/api/v1/service-accounts";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_account_is_made_listed_changed_and_ended()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync(Path, new { name = " deploy ", role = "editor" });
        Assert.Equal((201, "deploy", "editor"), (made.Status, made.Data.GetProperty("name").GetString(), made.Data.GetProperty("role").GetString()));
        var id = made.Data.GetProperty("user_id").GetGuid();
        Assert.Equal([id], (await owner.GetAsync(Path)).Data.EnumerateArray().Select(account => account.GetProperty("user_id").GetGuid()));

        var changed = await PatchAsync(owner, $"{Path}/{id}", new { role = "viewer" });
        Assert.Equal(
            (200, "deploy", "viewer"),
            (changed.Status, changed.Data.GetProperty("name").GetString(), changed.Data.GetProperty("role").GetString())
        );
        Assert.Equal(changed.Data.GetRawText(), (await owner.GetAsync($"{Path}/{id}")).Data.GetRawText());

        Assert.Equal(200, (await owner.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal("service_account.not_found", (await owner.DeleteAsync($"{Path}/{id}")).Reason);
        Assert.Equal(0, await host.CountAsync("select count(*) from accounts.users where id = $1", id));
    }

    [Theory]
    [InlineData("", "editor", "name")]
    [InlineData("a\u0000b", "editor", "name")]
    [InlineData("bot", "owner", "role")]
    [InlineData("bot", "god", "role")]
    public async Task What_a_service_account_cannot_be_is_refused(string name, string role, string field)
    {
        var owner = await host.RegisterAsync();
        var refused = await owner.PostAsync(Path, new { name, role });

        Assert.Equal((400, field), (refused.Status, refused.Details.GetProperty("errors").EnumerateObject().Single().Name));
    }

    [Fact]
    public async Task A_password_never_opens_a_service_account()
    {
        var owner = await host.RegisterAsync();
        var id = (await owner.PostAsync(Path, new { name = "bot", role = "admin" })).Data.GetProperty("user_id").GetGuid();
        var email = await host.ScalarAsync<string>("select email from accounts.users where id = $1", id);
        var answer = await Answer.FromAsync(
            await host.Anonymous().PostAsJsonAsync("/api/v1/auth/login", new { email, password = "anything at all" }, Ct)
        );
        Assert.Equal((401, "credentials.wrong"), (answer.Status, answer.Reason));

        // Whatever the program does one day: the database refuses to store one.
        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            host.CountAsync("update accounts.users set password_hash = 'x' where id = $1 returning 1", id)
        );
        Assert.Equal("users_service_account_has_no_password", error.ConstraintName);
    }

    [Fact]
    public async Task Another_tenants_service_account_and_a_person_are_not_found()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var id = (await owner.PostAsync(Path, new { name = "bot", role = "viewer" })).Data.GetProperty("user_id").GetGuid();
        var person = await host.ScalarAsync<Guid>("select id from accounts.users where email = $1", owner.Email);

        Assert.Empty((await stranger.GetAsync(Path)).Data.EnumerateArray());
        Assert.Equal(404, (await stranger.GetAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await PatchAsync(stranger, $"{Path}/{id}", new { name = "mine" })).Status);
        Assert.Equal(404, (await stranger.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await owner.DeleteAsync($"{Path}/{person}")).Status);
        Assert.Equal(404, (await owner.DeleteAsync($"{Path}/none")).Status);
        Assert.Equal(200, (await owner.GetAsync($"{Path}/{id}")).Status);
    }

    [Fact]
    public async Task Members_without_the_permission_are_refused()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");

        Assert.Equal(
            (403, "permission.missing"),
            await editor.PostAsync(Path, new { name = "bot", role = "viewer" }) is var refused ? (refused.Status, refused.Reason) : default
        );
    }

    private static async Task<Answer> PatchAsync(Member member, string path, object body) =>
        await Answer.FromAsync(await member.Http.PatchAsJsonAsync(path, body, Ct));
}
