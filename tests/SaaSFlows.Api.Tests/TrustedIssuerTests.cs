using System.Net.Http.Headers;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Trust in other issuers: its rows, and requests with their tokens.</summary>
public sealed class TrustedIssuerTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Path = "/api/v1/trusted-issuers";
    private const string Audience = "saasflows";

    private static readonly string[] Some = ["read:workflows", "create:workflows"];
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trust_is_made_listed_changed_and_ended()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync(
            Path,
            new
            {
                name = " Auth0 ",
                issuer = "https://acme.eu.auth0.com/",
                audience = Audience,
                permissions = Some,
            }
        );
        Assert.Equal(
            (201, "Auth0", "sub"),
            (made.Status, made.Data.GetProperty("name").GetString(), made.Data.GetProperty("user_claim").GetString())
        );
        var id = made.Data.GetProperty("trusted_issuer_id").GetGuid();
        Assert.Equal(id, Assert.Single((await owner.GetAsync(Path)).Data.EnumerateArray()).GetProperty("trusted_issuer_id").GetGuid());

        var subjects = new[] { new { subject = "auth0|b", user_id = (Guid?)null }, new { subject = "auth0|a", user_id = (Guid?)owner.Id } };
        var changed = await owner.PatchAsync($"{Path}/{id}", new { subjects, jwks_uri = "https://acme.eu.auth0.com/keys" });
        Assert.Equal((200, "auth0|a"), (changed.Status, changed.Data.GetProperty("subjects")[0].GetProperty("subject").GetString()));
        Assert.Equal(changed.Data.GetRawText(), (await owner.GetAsync($"{Path}/{id}")).Data.GetRawText());
        Assert.Equal(
            System.Text.Json.JsonValueKind.Null,
            (await owner.PatchAsync($"{Path}/{id}", new { jwks_uri = "" })).Data.GetProperty("jwks_uri").ValueKind
        );

        Assert.Equal(
            (409, "trusted_issuer.exists"),
            Told(
                await owner.PostAsync(
                    Path,
                    new
                    {
                        name = "Again",
                        issuer = "https://acme.eu.auth0.com/",
                        audience = Audience,
                        permissions = Some,
                    }
                )
            )
        );
        Assert.Equal(200, (await owner.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal((404, "trusted_issuer.not_found"), Told(await owner.GetAsync($"{Path}/{id}")));
        Assert.Equal(
            ["trusted_issuer.deleted", "trusted_issuer.changed", "trusted_issuer.changed", "trusted_issuer.created"],
            (await owner.GetAsync("/api/v1/audit"))
                .Data.GetProperty("entries")
                .EnumerateArray()
                .Take(4)
                .Select(entry => entry.GetProperty("action").GetString())
        );
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("issuer", "http://auth.example.com")]
    [InlineData("issuer", "http://127.0.0.2")]
    [InlineData("issuer", "http://loopback")]
    [InlineData("issuer", "http://localhost.example.com")]
    [InlineData("issuer", "http://localhost:0")]
    [InlineData("jwks_uri", "http://127.0.0.2/keys")]
    [InlineData("issuer", "https://user:secret@auth.example.com")]
    [InlineData("issuer", "saasflows")]
    [InlineData("issuer", "file:///etc/passwd")]
    [InlineData("audience", "")]
    [InlineData("audience", "a\u0000b")]
    [InlineData("jwks_uri", "http://auth.example.com/keys")]
    [InlineData("user_claim", "")]
    [InlineData("everyone_else", "nobody")]
    [InlineData("everyone_else", "11111111-1111-1111-1111-111111111111")]
    [InlineData("algorithms", new[] { "HS256" })]
    [InlineData("algorithms", new[] { "none" })]
    [InlineData("algorithms", new string[0])]
    [InlineData("permissions", new[] { "become:god" })]
    [InlineData("permissions", new string?[] { null })]
    public async Task What_a_trust_cannot_be_is_refused(string field, object value)
    {
        var owner = await host.RegisterAsync();
        var body = new Dictionary<string, object?>
        {
            ["name"] = "x",
            ["issuer"] = "https://auth.example.com",
            ["audience"] = Audience,
            ["permissions"] = Some,
        };
        body[field] = value;
        var refused = await owner.PostAsync(Path, body);

        Assert.Equal((400, field), (refused.Status, refused.Details.GetProperty("errors").EnumerateObject().Single().Name));
    }

    [Fact]
    public async Task Nobody_lets_others_be_who_may_do_more_and_members_of_other_tenants_are_nobody()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var admin = await host.InviteAsync(owner, "admin");

        foreach (var user in new[] { owner.Id, stranger.Id })
        {
            var refused = await admin.PostAsync(
                Path,
                new
                {
                    name = "x",
                    issuer = "https://auth.example.com",
                    audience = Audience,
                    permissions = Some,
                    subjects = new[] { new { subject = "me", user_id = user } },
                }
            );
            Assert.Equal((400, "subjects"), (refused.Status, refused.Details.GetProperty("errors").EnumerateObject().Single().Name));
        }

        var billing = await admin.PostAsync(
            Path,
            new
            {
                name = "x",
                issuer = "https://auth.example.com",
                audience = Audience,
                permissions = new[] { "manage:billing" },
            }
        );
        Assert.Equal(400, billing.Status);

        var id = (
            await admin.PostAsync(
                Path,
                new
                {
                    name = "x",
                    issuer = "https://auth.example.com",
                    audience = Audience,
                    permissions = Some,
                }
            )
        ).Data.GetProperty("trusted_issuer_id").GetGuid();
        Assert.Equal(404, (await stranger.GetAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await stranger.PatchAsync($"{Path}/{id}", new { name = "mine" })).Status);
        Assert.Equal(404, (await stranger.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Empty((await stranger.GetAsync(Path)).Data.EnumerateArray());
    }

    [Fact]
    public async Task A_token_of_a_trusted_issuer_acts_as_the_member_in_the_named_tenant_until_the_trust_ends()
    {
        using var issuer = new OutsideIssuer();
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var editor = await host.InviteAsync(owner, "editor");
        var trust = await owner.PostAsync(
            Path,
            new
            {
                name = "Ours",
                issuer = issuer.Url,
                audience = Audience,
                permissions = Some,
                subjects = new[] { new { subject = "ada", user_id = editor.Id } },
            }
        );
        var outside = Outside(editor, issuer, $"{owner.Tenant}");
        await Eventually.True(async () => (await outside.GetAsync("/api/v1/workflows")).Status == 200, Soon, Ct);

        var created = await outside.PostAsync(
            "/api/v1/workflows",
            new
            {
                name = "From outside",
                entity_id = owner.Entity,
                community_id = owner.Community,
            }
        );
        Assert.Equal(201, created.Status);
        Assert.Equal(
            (403, "permission.missing"),
            Told(await outside.DeleteAsync($"/api/v1/workflows/{created.Data.GetProperty("workflow_id").GetGuid()}"))
        );
        Assert.Equal((403, "session.needed"), Told(await outside.PostAsync("/api/v1/api-keys", new { name = "stay" })));
        var entry = (await owner.GetAsync("/api/v1/audit?action=workflow.created")).Data.GetProperty("entries")[0];
        Assert.Contains(trust.Data.GetProperty("trusted_issuer_id").GetString()!, entry.GetRawText(), StringComparison.Ordinal);

        // By host, as browsers do; and what names no tenant, another, or two.
        var slug = (await owner.GetAsync("/api/v1/tenant")).Data.GetProperty("slug").GetString()!;
        var byHost = Outside(editor, issuer, null);
        byHost.Http.DefaultRequestHeaders.Host = $"{slug}.localhost";
        Assert.Equal(200, (await byHost.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal((401, "tenant.not_named"), Told(await Outside(editor, issuer, null).GetAsync("/api/v1/workflows")));
        Assert.Equal((401, "token.missing_or_invalid"), Told(await Outside(editor, issuer, $"{stranger.Tenant}").GetAsync("/api/v1/workflows")));
        byHost.Http.DefaultRequestHeaders.Add("X-Tenant", $"{stranger.Tenant}");
        Assert.Equal((401, "token.missing_or_invalid"), Told(await byHost.GetAsync("/api/v1/workflows")));

        Assert.Equal(200, (await owner.DeleteAsync($"{Path}/{trust.Data.GetProperty("trusted_issuer_id").GetGuid()}")).Status);
        await Eventually.True(async () => (await outside.GetAsync("/api/v1/workflows")).Status == 401, Soon, Ct);
    }

    private Member Outside(Member member, OutsideIssuer issuer, string? tenant)
    {
        var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token(DateTimeOffset.UtcNow, Audience, "ada"));
        if (tenant is not null)
        {
            client.DefaultRequestHeaders.Add("X-Tenant", tenant);
        }

        return member with
        {
            Http = client,
        };
    }

    private static (int Status, string Reason) Told(Answer answer) => (answer.Status, answer.Reason);
}
