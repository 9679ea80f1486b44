using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Grpc;
using SaaSFlows.TestKit;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>Every route that changes something writes to the audit log. Made a new one? Say here how it is used and what it writes.</summary>
public sealed class AuditRouteTests(ApiHost host) : IClassFixture<ApiHost>
{
    /// <summary>Routes that write nothing, with the reason.</summary>
    internal static readonly Dictionary<string, string> Silent = new()
    {
        ["POST /api/v1/auth/refresh"] = "continues what the sign-in began; a reused token is written (AuditTrailTests)",
        ["POST /api/v1/me/totp"] = "a secret that is not confirmed changes nothing",
        ["POST /api/v1/auth/password/forgot"] = "changes nothing, and must not tell whether there is an account; what the link does is written",
        ["POST /api/v1/workflows/{workflow_id}/validate"] = "changes nothing",
        ["POST /api/v1/workflows/{workflow_id}/test"] = "a dry run stores nothing",
        ["POST /api/v1/workflows/webhooks/{token}"] = "a delivery: its execution is the record, and the way in must stay short",
        ["POST /api/v1/events"] = "a delivery too: the event and its executions are the record",
        ["POST /events"] = "the same",
        ["POST /api/v1/invitations/{invitation}/accept"] = "written by the one who joins (InvitationTests)",
        ["POST /connect/introspect"] = "changes nothing",
        ["POST /connect/userinfo"] = "changes nothing",
        ["POST /api/v1/chat/{entity_id}/messages"] = "messages are their own record, with their author",
    };

    /// <summary>How each other route is used by a new tenant's owner, and the action it writes.</summary>
    internal static readonly Dictionary<string, (string Action, Func<ApiHost, Member, Task<Answer>> Use)> Writing = new()
    {
        ["POST /api/v1/auth/register"] = ("tenant.created", (_, me) => me.GetAsync("/api/v1/me")),
        ["POST /api/v1/auth/login"] = ("auth.sign_in", async (host, me) => await (await host.SignInAsync(me)).GetAsync("/api/v1/me")),
        ["POST /api/v1/auth/logout"] = ("auth.sign_out", (_, me) => me.PostAsync("/api/v1/auth/logout")),
        ["DELETE /api/v1/me/sessions"] = (
            "auth.session_ended",
            async (host, me) => await (await host.SignInAsync(me)).DeleteAsync("/api/v1/me/sessions")
        ),
        ["DELETE /api/v1/me/sessions/{session_id}"] = (
            "auth.session_ended",
            async (host, me) =>
            {
                await host.SignInAsync(me);
                var other = (await me.GetAsync("/api/v1/me/sessions"))
                    .Data.EnumerateArray()
                    .First(session => !session.GetProperty("is_current").GetBoolean());
                return await me.DeleteAsync($"/api/v1/me/sessions/{other.GetProperty("session_id").GetGuid()}");
            }
        ),
        ["POST /api/v1/workflows"] = (
            "workflow.created",
            async (_, me) => await me.GetAsync($"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}")
        ),
        ["POST /api/v1/workflows/import"] = (
            "workflow.created",
            (_, me) => me.PostAsync("/api/v1/workflows/import", new { steps = Array.Empty<object>() })
        ),
        ["PUT /api/v1/workflows/{workflow_id}"] = (
            "workflow.updated",
            async (_, me) => await me.PutAsync($"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}", new { name = "New" })
        ),
        ["DELETE /api/v1/workflows/{workflow_id}"] = (
            "workflow.archived",
            async (_, me) => await me.DeleteAsync($"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}")
        ),
        ["POST /api/v1/workflows/{workflow_id}/publish"] = (
            "workflow.published",
            async (_, me) => await me.GetAsync($"/api/v1/workflows/{await me.PublishAsync(Echo.Nodes, Echo.Connections)}")
        ),
        ["POST /api/v1/workflows/{workflow_id}/restore"] = (
            "workflow.restored",
            async (_, me) =>
            {
                var id = await me.CreateAsync(Echo.Nodes, Echo.Connections);
                await me.DeleteAsync($"/api/v1/workflows/{id}");
                return await me.PostAsync($"/api/v1/workflows/{id}/restore");
            }
        ),
        ["POST /api/v1/workflows/{workflow_id}/pause"] = (
            "workflow.paused",
            async (_, me) => await me.PostAsync($"/api/v1/workflows/{await me.PublishAsync(Echo.Nodes, Echo.Connections)}/pause")
        ),
        ["POST /api/v1/workflows/{workflow_id}/resume"] = (
            "workflow.resumed",
            async (_, me) =>
            {
                var id = await me.PublishAsync(Echo.Nodes, Echo.Connections);
                await me.PostAsync($"/api/v1/workflows/{id}/pause");
                return await me.PostAsync($"/api/v1/workflows/{id}/resume");
            }
        ),
        ["POST /api/v1/workflows/{workflow_id}/execute"] = (
            "execution.started",
            async (_, me) =>
                await me.GetAsync($"/api/v1/workflows/executions/{await me.StartAsync(await me.PublishAsync(Echo.Nodes, Echo.Connections))}")
        ),
        ["POST /api/v1/workflows/executions/{execution_id}/cancel"] = (
            "execution.cancel_requested",
            async (_, me) =>
                await me.PostAsync($"/api/v1/workflows/executions/{await me.StartAsync(await me.PublishAsync(Wait.Nodes, Wait.Connections))}/cancel")
        ),
        ["POST /api/v1/workflows/executions/{execution_id}/retry"] = (
            "execution.retried",
            async (_, me) =>
            {
                var execution = await me.StartAsync(await me.PublishAsync(Echo.Nodes, Echo.Connections));
                await me.EndedAsync(execution);
                return await me.PostAsync($"/api/v1/workflows/executions/{execution}/retry");
            }
        ),
        ["POST /api/v1/workflows/trigger"] = (
            "execution.started",
            async (_, me) =>
            {
                await me.PublishAsync(Echo.Nodes, Echo.Connections, "By name");
                return await me.PostAsync("/api/v1/workflows/trigger", new { workflow_name = "by-name" });
            }
        ),
        ["POST /api/workflows"] = ("workflow.created", (_, me) => me.PostAsync("/api/workflows", new { name = "Bare" })),
        ["PUT /api/workflows/{workflow_id}"] = (
            "workflow.updated",
            async (_, me) => await me.PutAsync($"/api/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}", new { name = "New" })
        ),
        ["DELETE /api/workflows/{workflow_id}"] = (
            "workflow.archived",
            async (_, me) => await me.DeleteAsync($"/api/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}")
        ),
        ["POST /api/workflows/{workflow_id}/execute"] = (
            "execution.started",
            async (_, me) => await me.PostAsync($"/api/workflows/{await me.PublishAsync(Echo.Nodes, Echo.Connections)}/execute")
        ),
        ["POST /api/workflows/execute/{name}"] = (
            "execution.started",
            async (_, me) =>
            {
                await me.PublishAsync(Echo.Nodes, Echo.Connections, "by-name");
                return await me.PostAsync("/api/workflows/execute/by-name");
            }
        ),
        ["POST /api/webhooks/{name}"] = (
            "execution.started",
            async (_, me) =>
            {
                await me.PublishAsync(Webhook.Nodes, Webhook.Connections, "by-name");
                return await me.PostAsync("/api/webhooks/by-name");
            }
        ),
        ["POST /api/workflows/toggle/{name}"] = (
            "workflow.paused",
            async (_, me) =>
            {
                await me.PublishAsync(Echo.Nodes, Echo.Connections, "by-name");
                return await me.PostAsync("/api/workflows/toggle/by-name");
            }
        ),
        ["POST /api/v1/workflows/{id}/cancel"] = (
            "execution.cancel_requested",
            async (_, me) =>
            {
                var workflow = await me.PublishAsync(Wait.Nodes, Wait.Connections);
                await me.ParkedAsync(await me.StartAsync(workflow));
                return await me.PostAsync($"/api/v1/workflows/{workflow}/cancel");
            }
        ),
        ["POST /api/v1/events/{aggregate_id}/replay"] = (
            "events.replayed",
            async (_, me) =>
            {
                await me.PostAsync("/api/v1/events", new { event_type = "order.paid", aggregate_id = "o-1" });
                await me.PublishAsync(Echo.Nodes, Echo.Connections, "By name");
                return await me.PostAsync("/api/v1/events/o-1/replay", new { workflow = "by-name" });
            }
        ),
        ["POST /api/v1/entities/{entity_id}/browser-source"] = (
            "browser_source.created",
            (_, me) => me.PostAsync($"/api/v1/entities/{me.Entity}/browser-source")
        ),
        ["DELETE /api/v1/entities/{entity_id}/browser-source"] = (
            "browser_source.deleted",
            async (_, me) =>
            {
                await BrowserSourceTests.MakeAsync(me);
                return await me.DeleteAsync($"/api/v1/entities/{me.Entity}/browser-source");
            }
        ),
        ["POST /api/v1/registry/register"] = ("service.registered", (_, me) => RegistryTests.RegisterAsync(me, "http://127.0.0.1:1")),
        ["DELETE /api/v1/registry/deregister/{service_id}"] = (
            "service.deregistered",
            async (_, me) =>
            {
                var service = await RegistryTests.RegisterAsync(me, "http://127.0.0.1:1");
                return await me.DeleteAsync($"/api/v1/registry/deregister/{service.Data.GetProperty("service_id").GetString()}");
            }
        ),
        ["POST /api/v1/workflows/{workflow_id}/webhooks"] = (
            "webhook.created",
            async (_, me) =>
                await me.PostAsync($"/api/v1/workflows/{await me.CreateAsync(Webhook.Nodes, Webhook.Connections)}/webhooks", new { name = "Door" })
        ),
        ["PUT /api/v1/workflows/{workflow_id}/webhooks/{webhook_id}"] = (
            "webhook.updated",
            async (_, me) =>
            {
                var id = await me.PublishAsync(Webhook.Nodes, Webhook.Connections);
                var door = (await me.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0].GetProperty("webhook_id").GetGuid();
                return await me.PutAsync($"/api/v1/workflows/{id}/webhooks/{door}", new { enabled = false });
            }
        ),
        ["POST /api/v1/workflows/{workflow_id}/webhooks/{webhook_id}/rotate-secret"] = (
            "webhook.updated",
            async (_, me) =>
            {
                var id = await me.CreateAsync(Webhook.Nodes, Webhook.Connections);
                var door = (await me.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Door", require_signature = true }))
                    .Data.GetProperty("webhook_id")
                    .GetGuid();
                return await me.PostAsync($"/api/v1/workflows/{id}/webhooks/{door}/rotate-secret");
            }
        ),
        ["DELETE /api/v1/workflows/{workflow_id}/webhooks/{webhook_id}"] = (
            "webhook.deleted",
            async (_, me) =>
            {
                var id = await me.PublishAsync(Webhook.Nodes, Webhook.Connections);
                var door = (await me.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0].GetProperty("webhook_id").GetGuid();
                return await me.DeleteAsync($"/api/v1/workflows/{id}/webhooks/{door}");
            }
        ),
        ["POST /api/v1/communities"] = ("community.created", (_, me) => me.PostAsync("/api/v1/communities", new { name = "Support" })),
        ["PATCH /api/v1/communities/{community_id}"] = (
            "community.renamed",
            (_, me) => me.PatchAsync($"/api/v1/communities/{me.Community}", new { name = "Support" })
        ),
        ["DELETE /api/v1/communities/{community_id}"] = (
            "community.deleted",
            async (_, me) =>
                await me.DeleteAsync(
                    $"/api/v1/communities/{(await me.PostAsync("/api/v1/communities", new { name = "Short" })).Data.GetProperty("community_id")}"
                )
        ),
        ["POST /api/v1/communities/{community_id}/entities"] = (
            "entity.created",
            (_, me) => me.PostAsync($"/api/v1/communities/{me.Community}/entities", new { name = "Chat" })
        ),
        ["PATCH /api/v1/entities/{entity_id}"] = ("entity.renamed", (_, me) => me.PatchAsync($"/api/v1/entities/{me.Entity}", new { name = "Desk" })),
        ["DELETE /api/v1/entities/{entity_id}"] = ("entity.deleted", (_, me) => me.DeleteAsync($"/api/v1/entities/{me.Entity}")),
        ["PUT /api/v1/communities/{community_id}/members/{user_id}"] = (
            "community_member.put",
            async (host, me) =>
                await me.PutAsync($"/api/v1/communities/{me.Community}/members/{await InvitedAsync(host, me)}", new { role = "editor" })
        ),
        ["DELETE /api/v1/communities/{community_id}/members/{user_id}"] = (
            "community_member.removed",
            async (host, me) => await me.DeleteAsync($"/api/v1/communities/{me.Community}/members/{await InvitedAsync(host, me)}")
        ),
        ["POST /api/v1/invitations"] = ("invitation.created", (_, me) => me.PostAsync("/api/v1/invitations", Guest)),
        ["DELETE /api/v1/invitations/{invitation}"] = (
            "invitation.revoked",
            async (_, me) =>
            {
                var invited = await me.PostAsync("/api/v1/invitations", Guest);
                return await me.DeleteAsync($"/api/v1/invitations/{invited.Data.GetProperty("invitation").GetProperty("invitation_id")}");
            }
        ),
        ["PUT /api/v1/workflows/{workflow_id}/shares"] = (
            "workflow.shared",
            async (_, me) =>
            {
                var other = (await me.PostAsync("/api/v1/communities", new { name = "Other" })).Data.GetProperty("community_id").GetInt64();
                return await me.PutAsync(
                    $"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}/shares",
                    new { communities = new[] { other } }
                );
            }
        ),
        ["PUT /api/v1/workflows/{workflow_id}/permissions"] = (
            "workflow.permissions_set",
            async (_, me) =>
                await me.PutAsync(
                    $"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}/permissions",
                    new { grants = new[] { new { role = "editor", can_view = true } } }
                )
        ),
        ["PATCH /api/v1/tenant"] = ("tenant.changed", (_, me) => me.PatchAsync("/api/v1/tenant", new { name = "Renamed" })),
        ["DELETE /api/v1/tenant"] = ("tenant.closed", (_, me) => me.DeleteAsync("/api/v1/tenant", new { name = "Acme" })),
        ["POST /api/v1/tenant/restore"] = (
            "tenant.restored",
            async (_, me) =>
            {
                await me.DeleteAsync("/api/v1/tenant", new { name = "Acme" });
                return await me.PostAsync("/api/v1/tenant/restore");
            }
        ),
        ["POST /api/v1/tenant/export"] = ("tenant.exported", (_, me) => me.PostAsync("/api/v1/tenant/export")),
        ["POST /api/v1/auth/switch"] = ("auth.sign_in", (_, me) => me.PostAsync("/api/v1/auth/switch", new { tenant_id = me.Tenant })),
        ["POST /api/v1/tenants/{slug}/auth/login"] = (
            "auth.sign_in",
            async (_, me) =>
            {
                var slug = (await me.GetAsync("/api/v1/me")).Data.GetProperty("tenant").GetProperty("slug").GetString();
                return await me.PostAsync($"/api/v1/tenants/{slug}/auth/login", new { email = me.Email, password = Member.Password });
            }
        ),
        ["POST /api/v1/me/totp/confirm"] = ("auth.totp_on", async (_, me) => (await Authenticator.AddAsync(me)).Confirmed),
        ["DELETE /api/v1/me/totp"] = ("auth.totp_off", async (_, me) => await (await Authenticator.AddAsync(me)).RemoveAsync(me)),
        ["POST /api/v1/auth/login/totp"] = (
            "auth.sign_in",
            async (host, me) =>
            {
                var authenticator = await Authenticator.AddAsync(me);
                return await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, me), authenticator.RecoveryCodes[0]);
            }
        ),
        ["POST /api/v1/me/password"] = (
            "auth.password_changed",
            (_, me) => me.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = "another horse battery" })
        ),
        ["POST /api/v1/auth/password/reset"] = (
            "auth.password_reset",
            async (host, me) =>
            {
                await host.CountAsync(
                    "insert into accounts.password_resets select sha256('link'), id, now() + interval '1 hour' from accounts.users where email = "
                        + "$1 returning 1",
                    me.Email
                );
                return await me.PostAsync("/api/v1/auth/password/reset", new { token = "link", new_password = "another horse battery" });
            }
        ),
        ["POST /api/v1/service-accounts"] = ("service_account.created", (_, me) => me.PostAsync("/api/v1/service-accounts", Bot)),
        ["PATCH /api/v1/service-accounts/{user_id}"] = (
            "service_account.updated",
            async (_, me) =>
                await me.PatchAsync(
                    $"/api/v1/service-accounts/{(await me.PostAsync("/api/v1/service-accounts", Bot)).Data.GetProperty("user_id")}",
                    new { name = "Robot" }
                )
        ),
        ["DELETE /api/v1/service-accounts/{user_id}"] = (
            "service_account.deleted",
            async (_, me) =>
                await me.DeleteAsync($"/api/v1/service-accounts/{(await me.PostAsync("/api/v1/service-accounts", Bot)).Data.GetProperty("user_id")}")
        ),
        ["POST /api/v1/api-keys"] = ("api_key.created", (_, me) => me.PostAsync("/api/v1/api-keys", new { name = "Key" })),
        ["DELETE /api/v1/api-keys/{api_key_id}"] = (
            "api_key.revoked",
            async (_, me) =>
                await me.DeleteAsync(
                    $"/api/v1/api-keys/{(await me.PostAsync("/api/v1/api-keys", new { name = "Key" })).Data.GetProperty("api_key_id")}"
                )
        ),
        ["PATCH /api/v1/members/{user_id}"] = (
            "member.changed",
            async (host, me) => await me.PatchAsync($"/api/v1/members/{await InvitedAsync(host, me)}", new { role = "editor" })
        ),
        ["DELETE /api/v1/members/{user_id}"] = (
            "member.removed",
            async (host, me) => await me.DeleteAsync($"/api/v1/members/{await InvitedAsync(host, me)}")
        ),
        ["DELETE /api/v1/members/me"] = (
            "member.left",
            async (host, me) =>
            {
                await me.PatchAsync($"/api/v1/members/{await InvitedAsync(host, me)}", new { role = "owner" });
                return await me.DeleteAsync("/api/v1/members/me");
            }
        ),
        ["POST /api/v1/roles"] = ("role.created", (_, me) => me.PostAsync("/api/v1/roles", new { name = "Helper" })),
        ["PATCH /api/v1/roles/{role}"] = (
            "role.changed",
            async (_, me) =>
                await me.PatchAsync(
                    $"/api/v1/roles/{(await me.PostAsync("/api/v1/roles", new { name = "Helper" })).Data.GetProperty("role").GetString()}",
                    new { name = "Guest" }
                )
        ),
        ["DELETE /api/v1/roles/{role}"] = (
            "role.deleted",
            async (_, me) =>
                await me.DeleteAsync(
                    $"/api/v1/roles/{(await me.PostAsync("/api/v1/roles", new { name = "Helper" })).Data.GetProperty("role").GetString()}"
                )
        ),
        ["POST /api/v1/trusted-issuers"] = (
            "trusted_issuer.created",
            async (_, me) => await me.GetAsync($"/api/v1/trusted-issuers/{await TrustAsync(me)}")
        ),
        ["PATCH /api/v1/trusted-issuers/{trusted_issuer_id}"] = (
            "trusted_issuer.changed",
            async (_, me) => await me.PatchAsync($"/api/v1/trusted-issuers/{await TrustAsync(me)}", new { name = "Keycloak" })
        ),
        ["DELETE /api/v1/trusted-issuers/{trusted_issuer_id}"] = (
            "trusted_issuer.deleted",
            async (_, me) => await me.DeleteAsync($"/api/v1/trusted-issuers/{await TrustAsync(me)}")
        ),
        ["POST /api/v1/oauth-clients"] = (
            "oauth_client.created",
            async (host, me) => await me.GetAsync($"/api/v1/oauth-clients/{(await OpenIdApp.RegisterAsync(host, me)).Id}")
        ),
        ["PATCH /api/v1/oauth-clients/{client_id}"] = (
            "oauth_client.updated",
            async (host, me) => await me.PatchAsync($"/api/v1/oauth-clients/{(await OpenIdApp.RegisterAsync(host, me)).Id}", new { name = "Portal" })
        ),
        ["POST /api/v1/oauth-clients/{client_id}/secret"] = (
            "oauth_client.secret_replaced",
            async (host, me) => await me.PostAsync($"/api/v1/oauth-clients/{(await OpenIdApp.RegisterAsync(host, me)).Id}/secret")
        ),
        ["DELETE /api/v1/oauth-clients/{client_id}"] = (
            "oauth_client.deleted",
            async (host, me) => await me.DeleteAsync($"/api/v1/oauth-clients/{(await OpenIdApp.RegisterAsync(host, me)).Id}")
        ),
        ["POST /connect/token"] = (
            "auth.sign_in",
            async (host, me) =>
            {
                await (await OpenIdApp.RegisterAsync(host, me)).SignInAsync(me);
                return await me.GetAsync("/api/v1/me");
            }
        ),
        ["POST /connect/revoke"] = (
            "auth.session_ended",
            async (host, me) =>
            {
                var app = await OpenIdApp.RegisterAsync(host, me);
                return await app.PostAsync("revoke", ("token", (await app.SignInAsync(me)).GetProperty("refresh_token").GetString()));
            }
        ),
        ["POST /connect/logout"] = (
            "auth.sign_out",
            async (host, me) =>
            {
                var app = await OpenIdApp.RegisterAsync(host, me);
                await app.PostAsync("logout", ("id_token_hint", (await app.SignInAsync(me)).GetProperty("id_token").GetString()));
                return await me.GetAsync("/api/v1/me");
            }
        ),
        ["POST /api/v1/approvals/{approval_id}/approve"] = ("approval.decided", (_, me) => DecideAsync(me, "approve")),
        ["POST /api/v1/approvals/{approval_id}/reject"] = ("approval.decided", (_, me) => DecideAsync(me, "reject")),
    };

    private static object Guest => new { email = "guest@example.com", role = "viewer" };

    private static object Bot => new { name = "Bot", role = "viewer" };

    public static TheoryData<string> Written => [.. Writing.Keys];

    [Fact]
    public void Every_route_that_changes_something_is_known_to_write_or_to_have_a_reason_not_to()
    {
        var changing = host
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            // The same use cases as REST's (WorkflowServiceTests).
            .Where(endpoint => !GrpcCalls.IsGrpc(endpoint))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Where(method => method is not ("GET" or "HEAD" or "OPTIONS"))
                    .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")
            );

        Assert.Equal(Writing.Keys.Concat(Silent.Keys).Order(), changing.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task Route_writes_its_action_with_who_and_from_where(string route)
    {
        var (action, use) = Writing[route];
        var me = await host.RegisterAsync();

        var answer = await use(host, me);

        Assert.True(answer.Status is >= 200 and < 300, answer.Text);
        Assert.NotEqual(
            0L,
            await host.ScalarAsync<long>(
                """
                select count(*) from accounts.audit_entries where tenant_id = $1 and action = $2 and actor_kind = 'user' and actor_name = $3
                    and address is not null and correlation_id is not null
                """,
                me.Tenant,
                action,
                me.Email
            )
        );
    }

    private static async Task<Guid> InvitedAsync(ApiHost host, Member me) =>
        await host.ScalarAsync<Guid>("select id from accounts.users where email = $1", (await host.InviteAsync(me, "viewer")).Email);

    private static async Task<Answer> DecideAsync(Member me, string decision)
    {
        var workflow = await me.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                ask = Node("action_approval", new { message = "Well?" }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "ask"), Line("ask", "end", "approved"), Line("ask", "end", "rejected") }
        );
        await me.StartAsync(workflow);
        JsonElement pending = default;
        await Eventually.True(
            async () => (pending = (await me.GetAsync("/api/v1/approvals")).Data).GetArrayLength() > 0,
            TimeSpan.FromSeconds(20),
            TestContext.Current.CancellationToken
        );
        return await me.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"/api/v1/approvals/{pending[0].GetProperty("approval_id").GetGuid()}/{decision}")
        );
    }

    private static async Task<Guid> TrustAsync(Member me) => (
            await me.PostAsync(
                "/api/v1/trusted-issuers",
                new
                {
                    name = "Auth0",
                    issuer = "https://acme.eu.auth0.com/",
                    audience = "saasflows",
                    permissions = new[] { "read:workflows" },
                }
            )
        ).Data.GetProperty("trusted_issuer_id").GetGuid();
}
