using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>Checks a delivery of a webhook and starts its workflow.</summary>
public sealed class ReceiveWebhook(
    PostgresPools pools,
    WebhookDoors doors,
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
        var door = await FindAsync(delivery.Token, fresh: false, ct);
        if (door is null || (delivery.Tenant is { } named && named != door.Tenant))
        {
            return new AutomationError.NotFound("webhook");
        }

        var answer = await EnterAsync(door, delivery, body, json, ct);
        if (
            !answer.IsOk(out _, out var refused)
            && refused
                is AutomationError.DoorClosed
                    or AutomationError.NotFound
                    or AutomationError.Conflict { Reason: "workflow.not_published" or "workflow.archived" }
        )
        {
            // A refusal from the cache is confirmed first. Webhooks of archived workflows are not found.
            door = await FindAsync(delivery.Token, fresh: true, ct);
            return door is null ? new AutomationError.NotFound("webhook") : await EnterAsync(door, delivery, body, json, ct);
        }

        return answer;
    }

    private async Task<Result<ReceivedDelivery>> EnterAsync(
        Door door,
        Delivery delivery,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<byte> json,
        CancellationToken ct
    )
    {
        if (await RefusalAsync(door, delivery, body, ct) is { } closed)
        {
            return closed;
        }

        if (!TryReadInput(delivery, json, out var input, out var wrong))
        {
            return wrong;
        }

        var key = delivery.EventId is { } id ? new EventKey(door.Id.Value, id, SHA256.HashData(body.Span), StartExecution.KeepEventKeys) : null;
        if (key is null && door.Full is { } full && time.GetUtcNow() < full.Until)
        {
            return full.Answer;
        }

        var started = await start.RunAsync(
            new StartRequest(door.Tenant, door.Workflow, "webhook", door.Node, input, default, default, door.Id, null, key)
            {
                WebhookRevision = door.Revision,
            },
            ct
        );
        if (started.IsOk(out var execution, out var refused))
        {
            return new ReceivedDelivery(
                door.Tenant,
                door.Id,
                execution,
                await ResultAsync(door.Tenant, door.Workflow, door.Node, execution, delivery.BeforeWaiting, ct)
            );
        }

        if (refused is AutomationError.RateLimited limited)
        {
            var soon = time.GetUtcNow() + BelieveFull;
            door.Full = new(limited, limited.Rate.ResetsAt < soon ? limited.Rate.ResetsAt : soon);
        }

        return refused;
    }

    /// <summary>Returns the tenant of a webhook that was called recently; null for others.</summary>
    public TenantId? KnownTenant(string token) =>
        token.Length is > 0 and <= MaxTokenLength && cache.TryGetValue<Door>(KeyOf(token).Key, out var door) ? door!.Tenant : null;

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

    private async Task<AutomationError?> RefusalAsync(Door door, Delivery delivery, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!door.Enabled)
        {
            return new AutomationError.DoorClosed("webhook.disabled", "This webhook is switched off.");
        }

        if (door.Networks.Count > 0 && (delivery.From is not { } from || !door.Networks.Any(network => Allowlist.Contains(network, from))))
        {
            return new AutomationError.DoorClosed("webhook.ip_not_allowed", $"The address {delivery.From} may not call this webhook.");
        }

        if (!door.RequireSignature)
        {
            return null;
        }

        if (string.IsNullOrEmpty(delivery.Signature))
        {
            return new AutomationError.DoorClosed("webhook.signature_required", "This webhook needs the header X-Webhook-Signature.");
        }

        var secret = await doors.OpenSecretAsync(door.Tenant, door.Id, door.SealedSecret!, ct);
        return SignatureIsRight(secret, delivery.Token, body.Span, delivery.Signature)
            ? null
            : new AutomationError.DoorClosed("webhook.signature_invalid", "The signature does not match the token, the body and the secret.");
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

    private async ValueTask<Door?> FindAsync(string token, bool fresh, CancellationToken ct)
    {
        if (token.Length is 0 or > MaxTokenLength)
        {
            return null;
        }

        var (hash, key) = KeyOf(token);
        if (!fresh && cache.TryGetValue<Door>(key, out var known))
        {
            return known;
        }

        var door = await LoadAsync(hash, ct);
        if (door is null)
        {
            cache.Remove(key);
            return null;
        }

        return cache.Set(key, door, new MemoryCacheEntryOptions { Size = 1 });
    }

    private static (byte[] Hash, string Key) KeyOf(string token)
    {
        var hash = WebhookDoors.Hash(token);
        return (hash, Convert.ToHexString(hash));
    }

    private async Task<Door?> LoadAsync(byte[] hash, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            select webhook_id, tenant_id, workflow_id, node_id, enabled, revision, require_signature, sealed_secret, ip_allowlist
            from automation.find_webhook($1)
            where workflow_status <> 'archived'
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hash });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Door(
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

    private sealed record Door(
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
