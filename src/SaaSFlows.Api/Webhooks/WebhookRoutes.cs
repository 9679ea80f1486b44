using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Deliveries;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Webhooks;

/// <summary>Seed 002, «Webhook API».</summary>
internal static class WebhookRoutes
{
    // What may prove an identity to us or to somebody before us does not belong into executions.
    private static readonly HashSet<string> SecretHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization",
        "Cookie",
        "Proxy-Authorization",
        "X-API-Key",
        "X-CSRF-Token",
        "X-Webhook-Signature",
    };

    private static readonly string[] EventIdHeaders = ["Idempotency-Key", "webhook-id", "X-GitHub-Delivery"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/v1/workflows");
        // Each webhook has a limit of its own, which all processes share.
        workflows.MapPost("/webhooks/{token}", ReceiveAsync).IsPublic().DisableRateLimiting().WithMetadata(new TenantOfRequest(TenantOf));
        workflows.MapGet("/{workflow_id}/webhooks", ListAsync).Needs(Permission.ReadWorkflows).HoldsSecret();
        workflows.MapPost("/{workflow_id}/webhooks", CreateAsync).Needs(Permission.ManageWebhooks);
        workflows.MapPut("/{workflow_id}/webhooks/{webhook_id}", UpdateAsync).Needs(Permission.ManageWebhooks);
        workflows.MapDelete("/{workflow_id}/webhooks/{webhook_id}", DeleteAsync).Needs(Permission.ManageWebhooks);
        workflows.MapPost("/{workflow_id}/webhooks/{webhook_id}/rotate-secret", RotateSecretAsync).Needs(Permission.ManageWebhooks);
    }

    private static TenantId? TenantOf(HttpContext http) =>
        http.RequestServices.GetRequiredService<ReceiveWebhook>().KnownTenant(http.GetRouteValue("token") as string ?? "");

    private static async Task<IResult> ReceiveAsync(HttpContext http, string token, ReceiveWebhook receive, TimeProvider time, CancellationToken ct)
    {
        if (
            !(await RequestBody.ReadBytesAsync(http)).Is(out var body, out var refusal)
            || !RequestBody.ToUtf8(http.Request, body).Is(out var json, out refusal)
        )
        {
            return refusal;
        }

        if (!RawQuery.TryRead(http.Request, out var query))
        {
            return RawQuery.NotUtf8;
        }

        return (await receive.RunAsync(DeliveryOf(http, token, query), body, json, ct)).Match(
            received =>
            {
                RequestScope.Of(http).Tenant = received.Tenant.Value;
                return new DeliveryAnswer(received);
            },
            ErrorMap.ToAnswer
        );
    }

    /// <summary>The request but for its body.</summary>
    internal static Delivery DeliveryOf(HttpContext http, string token, IReadOnlyList<KeyValuePair<string, string[]>> query)
    {
        var headers = http.Request.Headers;
        var eventId = EventIdHeaders.Select(name => headers[name].ToString()).FirstOrDefault(value => value.Length > 0);
        return new Delivery(
            token,
            http.Connection.RemoteIpAddress,
            headers["X-Webhook-Signature"].ToString(),
            eventId,
            [
                .. headers
                    .Where(header => !SecretHeaders.Contains(header.Key))
                    .Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value.ToString())),
            ],
            query
        )
        {
            Tenant = NamedTenant.Of(http)?.TenantId,
            BeforeWaiting = http.LeaveGate,
        };
    }

    private static async Task<IResult> ListAsync(HttpContext http, string workflow_id, ManageWebhooks webhooks, CancellationToken ct)
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        return query.Refusal
            ?? (await webhooks.ListAsync(http.Caller(), id, page, ct)).Match(
                list => Answers.List(list, webhook => WebhookBody.From(webhook, http.BaseUrl()), $"Retrieved {list.Items.Count} webhooks"),
                ErrorMap.ToAnswer
            );
    }

    private static async Task<IResult> CreateAsync(
        HttpContext http,
        string workflow_id,
        ManageWebhooks webhooks,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        if (!(await RequestBody.ReadAsync<CreateWebhookBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return await place.RefusalAsync(http.Caller(), id, body.CommunityId, ct) is { } elsewhere
            ? elsewhere.ToAnswer()
            : (await webhooks.CreateAsync(http.Caller(), id, body.TriggerNode, body.Input, ct)).Match(
                webhook => Answers.Created(WebhookBody.From(webhook, http.BaseUrl()), "Webhook created successfully"),
                ErrorMap.ToAnswer
            );
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext http,
        string workflow_id,
        string webhook_id,
        ManageWebhooks webhooks,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        if (RouteIds.Webhook(webhook_id) is not { } webhook)
        {
            return RouteIds.NoWebhook;
        }

        var read = await ChangeBody.ReadAsync<UpdateWebhookBody, WebhookBody>(
            http,
            async _ =>
                (await webhooks.GetAsync(http.Caller(), id, webhook, ct)).Match<WebhookBody?>(
                    now => WebhookBody.From(now, http.BaseUrl()),
                    _ => null
                ),
            "last_triggered_at",
            "trigger_count"
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        return await place.RefusalAsync(http.Caller(), id, body.CommunityId, ct) is { } elsewhere
            ? elsewhere.ToAnswer()
            : (await webhooks.UpdateAsync(http.Caller(), id, webhook, body.Input, ct)).Match(
                updated => Answers.Ok(WebhookBody.From(updated, http.BaseUrl()), "Webhook updated successfully"),
                ErrorMap.ToAnswer
            );
    }

    private static async Task<IResult> RotateSecretAsync(
        HttpContext http,
        string workflow_id,
        string webhook_id,
        ManageWebhooks webhooks,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        return RouteIds.Webhook(webhook_id) is { } webhook
            ? (await webhooks.RotateSecretAsync(http.Caller(), id, webhook, ct)).Match(
                rotated => Answers.Ok(WebhookBody.From(rotated, http.BaseUrl()), "Webhook secret rotated successfully"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoWebhook;
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext http,
        string workflow_id,
        string webhook_id,
        ManageWebhooks webhooks,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        return RouteIds.Webhook(webhook_id) is { } webhook
            ? (await webhooks.DeleteAsync(http.Caller(), id, webhook, ct)).Match(
                deleted => Answers.Ok(new DeletedWebhookBody(deleted.Value), "Webhook deleted successfully"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoWebhook;
    }
}
