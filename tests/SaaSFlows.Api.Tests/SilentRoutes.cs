using System.Net.Http.Json;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>How the routes of <see cref="AuditRouteTests.Silent"/> are used by a new tenant's owner.</summary>
internal static class SilentRoutes
{
    public static readonly Dictionary<string, Func<ApiHost, Member, Task<Answer>>> Uses = new()
    {
        ["POST /api/v1/auth/refresh"] = async (host, me) =>
        {
            var signedIn = await Answer.FromAsync(
                await me.Http.PostAsJsonAsync("/api/v1/auth/login", new { email = me.Email, password = Member.Password })
            );
            return await (me with { Http = host.Anonymous() }).PostAsync(
                "/api/v1/auth/refresh",
                new { refresh_token = signedIn.Json.GetProperty("refresh_token").GetString() }
            );
        },
        ["POST /api/v1/me/totp"] = (_, me) => me.PostAsync("/api/v1/me/totp"),
        ["POST /api/v1/auth/password/forgot"] = (_, me) => me.PostAsync("/api/v1/auth/password/forgot", new { email = me.Email }),
        ["POST /api/v1/workflows/{workflow_id}/validate"] = async (_, me) =>
            await me.PostAsync($"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}/validate"),
        ["POST /api/v1/workflows/{workflow_id}/test"] = async (_, me) =>
            await me.PostAsync($"/api/v1/workflows/{await me.CreateAsync(Echo.Nodes, Echo.Connections)}/test", new { }),
        ["POST /api/v1/workflows/webhooks/{token}"] = async (_, me) =>
            await me.PostAsync(await me.WebhookAsync(await me.PublishAsync(Webhook.Nodes, Webhook.Connections)), new { name = "Ada" }),
        ["POST /api/v1/events"] = (_, me) => me.PostAsync("/api/v1/events", new { event_type = "order.paid", aggregate_id = "o-1" }),
        ["POST /events"] = (_, me) => me.PostAsync("/events", new { event_type = "order.paid", aggregate_id = "o-1" }),
        ["POST /api/v1/invitations/{invitation}/accept"] = async (host, me) =>
        {
            var made = await me.PostAsync("/api/v1/invitations", new { email = $"{Guid.NewGuid():N}@example.com", role = "viewer" });
            var anyone = me with { Http = host.Anonymous() };
            return await anyone.PostAsync(
                $"/api/v1/invitations/{made.Data.GetProperty("token").GetString()}/accept",
                new { password = Member.Password }
            );
        },
        ["POST /connect/introspect"] = async (host, me) => await (await OpenIdApp.RegisterAsync(host, me)).PostAsync("introspect", ("token", "x")),
        ["POST /connect/userinfo"] = (_, me) => me.PostAsync("/connect/userinfo"),
        ["POST /api/v1/chat/{entity_id}/messages"] = (_, me) => me.PostAsync($"/api/v1/chat/{me.Entity}/messages", new { message = "Hello" }),
    };
}
