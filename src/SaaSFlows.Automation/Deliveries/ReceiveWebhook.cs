using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>Checks a delivery of a webhook and starts its workflow.</summary>
public sealed class ReceiveWebhook(
    PostgresPools pools,
    WebhookStore store,
    PublishedWorkflows published,
    StartExecution start,
    AwaitEnd awaitEnd,
    WebhookOptions options,
    TimeProvider time
) : IDisposable
{
    private const int MaxCached = 20_000;
    private const int MaxTokenLength = 128;

    // Deliveries to a full webhook are refused from memory for at most this long, because its limit may be raised in the meantime.
    private static readonly TimeSpan BelieveFull = TimeSpan.FromSeconds(1);

    // Webhooks change rarely. The accept statement refuses a stale one, which is then read again.
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxCached });

    public void Dispose() => cache.Dispose();

    /// <param name="body">The body as it was sent, for the signature and the hash.</param>
    /// <param name="json">The body in UTF-8 for the execution; usually the same bytes.</param>
    public async Task<Result<ReceivedDelivery>> RunAsync(
        Delivery delivery,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<byte> json,
        CancellationToken ct
    )
    {
        var webhook = await FindAsync(delivery.Token, fresh: false, ct);
        if (webhook is null || (delivery.Tenant is { } named && named != webhook.Tenant))
        {
            return new AutomationError.NotFound("webhook");
        }

        var answer = await EnterAsync(webhook, delivery, body, json, ct);
        if (
            !answer.IsOk(out _, out var refused)
            && refused
                is AutomationError.WebhookRefused
                    or AutomationError.NotFound
                    or AutomationError.Conflict { Reason: "workflow.not_published" or "workflow.archived" }
        )
        {
            // A refusal from the cache is confirmed first. Webhooks of archived workflows are not found.
            webhook = await FindAsync(delivery.Token, fresh: true, ct);
            return webhook is null ? new AutomationError.NotFound("webhook") : await EnterAsync(webhook, delivery, body, json, ct);
        }

        return answer;
    }

    private async Task<Result<ReceivedDelivery>> EnterAsync(
        Webhook webhook,
        Delivery delivery,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<byte> json,
        CancellationToken ct
    )
    {
        if (await RefusalAsync(webhook, delivery, body, ct) is { } closed)
        {
            return closed;
        }

        if (!TryReadInput(delivery, json, out var input, out var wrong))
        {
            return wrong;
        }

        var key = delivery.EventId is { } id ? new EventKey(webhook.Id.Value, id, SHA256.HashData(body.Span), StartExecution.KeepEventKeys) : null;
        if (key is null && webhook.Full is { } full && time.GetUtcNow() < full.Until)
        {
            return full.Answer;
        }

        var started = await start.RunAsync(
            new StartRequest(webhook.Tenant, webhook.Workflow, "webhook", webhook.Node, input, default, default, webhook.Id, null, key)
            {
                WebhookRevision = webhook.Revision,
            },
            ct
        );
        if (started.IsOk(out var execution, out var refused))
        {
            return new ReceivedDelivery(
                webhook.Tenant,
                webhook.Id,
                execution,
                await ResultAsync(webhook.Tenant, webhook.Workflow, webhook.Node, execution, delivery.BeforeWaiting, ct)
            );
        }

        if (refused is AutomationError.RateLimited limited)
        {
            var soon = time.GetUtcNow() + BelieveFull;
            webhook.Full = new(limited, limited.Rate.ResetsAt < soon ? limited.Rate.ResetsAt : soon);
        }

        return refused;
    }

    /// <summary>Returns the tenant of a webhook that was called recently; null for others.</summary>
    public TenantId? KnownTenant(string token) =>
        token.Length is > 0 and <= MaxTokenLength && cache.TryGetValue<Webhook>(KeyOf(token).Key, out var webhook) ? webhook!.Tenant : null;

    /// <summary>Null if the webhook answers only that it accepted the delivery.</summary>
    internal async ValueTask<ExecutionEnd?> ResultAsync(
        TenantId tenant,
        WorkflowId id,
        string node,
        StartedExecution execution,
        Action? beforeWaiting,
        CancellationToken ct
    )
    {
        if (await published.FindAsync(tenant, id, fresh: false, ct) is not { } workflow || !workflow.AnswersWithResult(node))
        {
            return null;
        }

        if (execution.End is { } end)
        {
            return new ExecutionEnd(end.Status, end.Output);
        }

        beforeWaiting?.Invoke();
        return await awaitEnd.RunAsync(tenant, execution.Id, options.ResultTimeout, ct);
    }

    private async Task<AutomationError?> RefusalAsync(Webhook webhook, Delivery delivery, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!webhook.Enabled)
        {
            return new AutomationError.WebhookRefused("webhook.disabled", "This webhook is switched off.");
        }

        if (webhook.Networks.Count > 0 && (delivery.From is not { } from || !webhook.Networks.Any(network => Allowlist.Contains(network, from))))
        {
            return new AutomationError.WebhookRefused("webhook.ip_not_allowed", $"The address {delivery.From} may not call this webhook.");
        }

        if (!webhook.RequireSignature)
        {
            return null;
        }

        if (string.IsNullOrEmpty(delivery.Signature))
        {
            return new AutomationError.WebhookRefused("webhook.signature_required", "This webhook needs the header X-Webhook-Signature.");
        }

        var secret = await store.OpenSecretAsync(webhook.Tenant, webhook.Id, webhook.SealedSecret!, ct);
        return SignatureIsRight(secret, delivery.Token, body.Span, delivery.Signature)
            ? null
            : new AutomationError.WebhookRefused("webhook.signature_invalid", "The signature does not match the token, the body and the secret.");
    }

    /// <summary>Compares the header with <c>sha256=hex(HMAC-SHA256(secret, token + body))</c>.</summary>
    private static bool SignatureIsRight(string secret, string token, ReadOnlySpan<byte> body, string signature)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(token));
        hmac.AppendData(body);
        var expected = "sha256=" + Convert.ToHexStringLower(hmac.GetHashAndReset());
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }

    internal static bool TryReadInput(Delivery delivery, ReadOnlyMemory<byte> body, out JsonElement input, out AutomationError wrong)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>(body.Length + 512);
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                writer.WritePropertyName("payload");
                // Validated, because a body such as «1,"query":{}» must not change the JSON around it.
                writer.WriteRawValue(body.Span, skipInputValidation: false);
                writer.WriteStartObject("headers");
                foreach (var (name, value) in delivery.Headers)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
                writer.WriteStartObject("query");
                writer.WriteParameters(delivery.Query);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            input = JsonElement.Parse(buffer.WrittenSpan);
            wrong = UnicodeCheck.FirstProblem(body.Span) is { } place ? new AutomationError.NotUnicode(place) : null!;
            return wrong is null;
        }
        catch (JsonException error)
        {
            input = default;
            wrong = new AutomationError.InvalidJson(error.LineNumber + 1, error.BytePositionInLine);
            return false;
        }
    }

    private async ValueTask<Webhook?> FindAsync(string token, bool fresh, CancellationToken ct)
    {
        if (token.Length is 0 or > MaxTokenLength)
        {
            return null;
        }

        var (hash, key) = KeyOf(token);
        if (!fresh && cache.TryGetValue<Webhook>(key, out var known))
        {
            return known;
        }

        var webhook = await LoadAsync(hash, ct);
        if (webhook is null)
        {
            cache.Remove(key);
            return null;
        }

        return cache.Set(key, webhook, new MemoryCacheEntryOptions { Size = 1 });
    }

    private static (byte[] Hash, string Key) KeyOf(string token)
    {
        var hash = WebhookStore.Hash(token);
        return (hash, Convert.ToHexString(hash));
    }

    private async Task<Webhook?> LoadAsync(byte[] hash, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            """
            select webhook_id, tenant_id, workflow_id, node_id, enabled, revision, require_signature, sealed_secret, ip_allowlist
            from automation.find_webhook($1)
            where workflow_status <> 'archived'
            """,
            hash
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Webhook(
                new WebhookId(reader.GetGuid(0)),
                new TenantId(reader.GetGuid(1)),
                new WorkflowId(reader.GetGuid(2)),
                reader.GetString(3),
                reader.GetBoolean(4),
                reader.GetInt32(5),
                reader.GetBoolean(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7),
                [.. reader.GetFieldValue<string[]>(8).Select(Allowlist.Read)]
            )
            : null;
    }

    private sealed record Webhook(
        WebhookId Id,
        TenantId Tenant,
        WorkflowId Workflow,
        string Node,
        bool Enabled,
        int Revision,
        bool RequireSignature,
        byte[]? SealedSecret,
        IReadOnlyList<IPNetwork> Networks
    )
    {
        /// <summary>Set when it was refused for its limit.</summary>
        public Full? Full { get; set; }
    }

    private sealed record Full(AutomationError.RateLimited Answer, DateTimeOffset Until);
}
