using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace SaaSFlows.Api.Tests;

public sealed class InvitationTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_person_registers_with_the_link_and_acts_where_invited()
    {
        var owner = await host.RegisterAsync("Guild");
        var email = NewEmail();
        var made = await owner.PostAsync(
            "/api/v1/invitations",
            new
            {
                email,
                role = "operator",
                communities = new[] { new { community_id = owner.Community, role = "viewer" } },
            }
        );
        Assert.Equal(201, made.Status);
        var token = Token(made);
        Assert.EndsWith($"/invitations/{token}", made.Data.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal(43, token.Length);
        Assert.DoesNotContain(token, (await owner.GetAsync("/api/v1/invitations")).Text, StringComparison.Ordinal);
        Assert.Equal(
            0,
            await host.CountAsync("select count(*) from accounts.invitations where position(convert_to($1, 'UTF8') in token_hash) > 0", token)
        );

        var look = await AnonymousGetAsync(token);
        Assert.Equal(("Guild", email), (look.Data.GetProperty("tenant_name").GetString(), look.Data.GetProperty("email").GetString()));
        Assert.Equal(400, (await AcceptAsync(token, new { password = "short" })).Status);
        Assert.Equal(400, (await AcceptAsync(token, new { })).Status);
        var accepted = await AcceptAsync(token, new { password = Member.Password });

        Assert.Equal((200, owner.Tenant), (accepted.Status, accepted.Data.GetProperty("tenant").GetProperty("tenant_id").GetGuid()));
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accepted.Json.GetProperty("token").GetString());
        var me = await Answer.FromAsync(await client.GetAsync("/api/v1/me", Ct));
        Assert.Equal(owner.Community, me.Data.GetProperty("communities").EnumerateArray().Single().GetProperty("community_id").GetInt64());
        Assert.Contains("execute:workflows", me.Data.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal("accepted", (await owner.GetAsync("/api/v1/invitations")).Data[0].GetProperty("status").GetString());
        Assert.Equal(
            1,
            await host.CountAsync(
                "select count(*) from accounts.audit_entries where tenant_id = $1 and action = 'invitation.accepted' and actor_name = $2 and "
                    + "address is not null",
                owner.Tenant,
                email
            )
        );
        foreach (var again in new[] { await AcceptAsync(token, new { password = Member.Password }), await AnonymousGetAsync(token) })
        {
            Assert.Equal((409, "invitation.accepted"), (again.Status, again.Reason));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Somebody_who_was_removed_from_their_only_tenant_comes_back_with_their_password(bool hasSecondFactor)
    {
        var owner = await host.RegisterAsync("Guild");
        var member = await host.InviteAsync(owner, "viewer");
        await host.CountAsync(
            "with gone as (delete from accounts.memberships where user_id = $1 and tenant_id <> $2 returning 1) select count(*) from gone",
            member.Id,
            owner.Tenant
        );
        var app = hasSecondFactor ? await Authenticator.AddAsync(member) : null;
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/members/{member.Id}")).Status);
        var token = Token(await owner.PostAsync("/api/v1/invitations", new { email = member.Email, role = "viewer" }));

        var wrong = await AcceptAsync(token, new { password = "another horse battery" });
        Assert.Equal((401, "credentials.wrong"), (wrong.Status, wrong.Reason));
        Assert.Equal(400, (await AcceptAsync(token, new { })).Status);
        var accepted = await AcceptAsync(token, new { password = Member.Password });
        if (app is not null)
        {
            Assert.Equal((401, "totp.required"), (accepted.Status, accepted.Reason));
            accepted = await Authenticator.SignInAsync(host, accepted.Details.GetProperty("challenge").GetString()!, app.Code());
        }

        Assert.Equal((200, owner.Tenant), (accepted.Status, accepted.Data.GetProperty("tenant").GetProperty("tenant_id").GetGuid()));
        Assert.Equal("invitation.accepted", (await AcceptAsync(token, new { password = Member.Password })).Reason);
    }

    [Fact]
    public async Task Registered_person_joins_signed_in_and_nobody_else_does()
    {
        var (owner, person, other) = (await host.RegisterAsync(), await host.RegisterAsync("Own"), await host.RegisterAsync());
        var token = Token(await owner.PostAsync("/api/v1/invitations", new { email = person.Email.ToUpperInvariant(), role = "viewer" }));
        var accept = $"/api/v1/invitations/{token}/accept";

        var stolen = await other.PostAsync(accept);
        Assert.Equal((409, "invitation.for_another"), (stolen.Status, stolen.Reason));
        var registered = await AcceptAsync(token, new { password = Member.Password });
        Assert.Equal((409, "email.taken"), (registered.Status, registered.Reason));
        var joined = await person.PostAsync(accept);

        Assert.Equal((200, owner.Tenant), (joined.Status, joined.Data.GetProperty("tenant").GetProperty("tenant_id").GetGuid()));
        Assert.Equal(2, (await person.GetAsync("/api/v1/me/tenants")).Data.GetArrayLength());
        var twice = await owner.PostAsync("/api/v1/invitations", new { email = person.Email, role = "viewer" });
        Assert.Equal((409, "invitation.already_member"), (twice.Status, twice.Reason));
    }

    [Fact]
    public async Task Link_that_was_revoked_replaced_or_has_expired_is_refused()
    {
        var owner = await host.RegisterAsync();
        var revoked = await owner.PostAsync("/api/v1/invitations", new { email = NewEmail(), role = "viewer" });
        var id = revoked.Data.GetProperty("invitation").GetProperty("invitation_id").GetGuid();
        Assert.Equal("revoked", (await owner.DeleteAsync($"/api/v1/invitations/{id}")).Data.GetProperty("status").GetString());
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/invitations/{id}")).Status);
        await RefusedAsync(Token(revoked), 409, "invitation.revoked");

        var email = NewEmail();
        var first = Token(await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" }));
        var second = Token(await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" }));
        await RefusedAsync(first, 409, "invitation.revoked");
        Assert.Equal(
            1,
            await host.CountAsync(
                "with u as (update accounts.invitations set expires_at = now() where normalized_email = upper($1) and revoked_at is null "
                    + "returning 1) select count(*) from u",
                email
            )
        );
        await RefusedAsync(second, 409, "invitation.expired");

        await RefusedAsync("nonsense", 404, "invitation.not_found");
        await RefusedAsync(id.ToString(), 404, "invitation.not_found");
        var closed = Token(await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" }));
        await host.CountAsync(
            "with u as (update accounts.tenants set status = 'suspended' where tenant_id = $1 returning 1) select count(*) from u",
            owner.Tenant
        );
        await RefusedAsync(closed, 403, "tenant.closed");
    }

    [Fact]
    public async Task Of_two_who_accept_at_the_same_moment_one_joins()
    {
        var owner = await host.RegisterAsync();
        var email = NewEmail();
        var token = Token(await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" }));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AcceptAsync(token, new { password = Member.Password })));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal((409, "invitation.accepted"), (a.Status, a.Reason)));
        Assert.Equal(2, await host.CountAsync("select count(*) from accounts.memberships where tenant_id = $1", owner.Tenant));
    }

    [Fact]
    public async Task Nobody_hands_out_more_than_they_have_or_what_is_another_tenants()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var (admin, viewer) = (await host.InviteAsync(owner, "admin"), await host.InviteAsync(owner, "viewer"));
        object Body(string role, long? community = null, string communityRole = "viewer") =>
            new
            {
                email = NewEmail(),
                role,
                communities = community is { } id ? new[] { new { community_id = id, role = communityRole } } : null,
            };

        Assert.Equal(201, (await owner.PostAsync("/api/v1/invitations", Body("owner"))).Status);
        Assert.Equal(201, (await admin.PostAsync("/api/v1/invitations", Body("admin"))).Status);
        Assert.Equal("role.beyond_own", (await admin.PostAsync("/api/v1/invitations", Body("owner"))).Reason);
        Assert.Equal(400, (await admin.PostAsync("/api/v1/invitations", Body("king"))).Status);
        Assert.Equal(400, (await admin.PostAsync("/api/v1/invitations", Body("viewer", owner.Community, "owner"))).Status);
        Assert.Equal(400, (await admin.PostAsync("/api/v1/invitations", new { email = "nobody", role = "viewer" })).Status);
        Assert.Equal(404, (await admin.PostAsync("/api/v1/invitations", Body("viewer", stranger.Community))).Status);
        Assert.Equal(403, (await viewer.PostAsync("/api/v1/invitations", Body("viewer"))).Status);
        Assert.Equal(403, (await viewer.GetAsync("/api/v1/invitations")).Status);

        var foreign = (await owner.GetAsync("/api/v1/invitations")).Data[0].GetProperty("invitation_id").GetGuid();
        Assert.Equal(404, (await stranger.DeleteAsync($"/api/v1/invitations/{foreign}")).Status);
        Assert.Empty((await stranger.GetAsync("/api/v1/invitations")).Data.EnumerateArray());
        var page = await owner.GetAsync("/api/v1/invitations?per_page=1&page=2");
        Assert.Equal((1, 2), (page.Data.GetArrayLength(), page.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt32()));
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    private static string Token(Answer made) => made.Data.GetProperty("token").GetString()!;

    private async Task<Answer> AnonymousGetAsync(string token) =>
        await Answer.FromAsync(await host.Anonymous().GetAsync($"/api/v1/invitations/{token}", Ct));

    private async Task<Answer> AcceptAsync(string token, object body) =>
        await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync($"/api/v1/invitations/{token}/accept", body, Ct));

    private async Task RefusedAsync(string token, int status, string reason)
    {
        foreach (var answer in new[] { await AnonymousGetAsync(token), await AcceptAsync(token, new { password = Member.Password }) })
        {
            Assert.Equal((status, reason), (answer.Status, answer.Reason));
        }
    }
}
