using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>Creates webhook rows and their secrets.</summary>
public sealed class WebhookStore(SecretVault vault, WebhookOptions options, TimeProvider time)
{
    private const string TokenPurpose = "webhook_token";
    private const string SecretPurpose = "webhook_secret";
    private const int SecretBytes = 32;
    private const int MaxName = 200;

    /// <summary>Returns the SHA-256 by which tokens are stored and found. That is enough, because tokens are long and random.</summary>
    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// Ensures that each webhook trigger of <paramref name="definition"/> has a webhook, and that its webhooks are at least as strict as its
    /// configuration. Existing webhooks keep their tokens.
    /// </summary>
    /// <param name="db">The context of the transaction.</param>
    /// <param name="workflow">The workflow of the webhooks.</param>
    /// <param name="definition">The published definition.</param>
    /// <param name="sealer">The sealer of the workflow's tenant. It is created before the transaction, because that needs a connection.</param>
    /// <param name="ct">Cancels the reading.</param>
    /// <returns>The webhooks with something to show: new ones and those that got a secret.</returns>
    internal async Task<IReadOnlyList<ShownWebhook>> FitAsync(
        AppDb db,
        WorkflowRow workflow,
        WorkflowDefinition definition,
        Sealer sealer,
        CancellationToken ct
    )
    {
        var existing = await db.Set<WebhookRow>().Where(webhook => webhook.WorkflowId == workflow.Id).ToListAsync(ct);
        var shown = new List<ShownWebhook>();
        foreach (var node in definition.Nodes.Where(node => node.Type == NodeTypes.TriggerWebhook))
        {
            var own = existing.FindAll(webhook => webhook.NodeId == node.Id.Value);
            var settings = InputOf(node);
            if (own.Count == 0)
            {
                var made = Make(workflow, node.Id.Value, settings, sealer);
                db.Add(made.Row);
                shown.Add(made);
            }

            foreach (var webhook in own)
            {
                if (settings.IpAllowlist is { Count: > 0 } allowed && !allowed.SequenceEqual(webhook.IpAllowlist))
                {
                    webhook.IpAllowlist = [.. allowed];
                }

                if (settings.RequireSignature is true && !webhook.RequireSignature)
                {
                    shown.Add(RequireSignature(webhook, sealer));
                }
            }
        }

        return shown;
    }

    internal Task<Sealer> SealerAsync(TenantId tenant, CancellationToken ct) => vault.SealerAsync(tenant, ct);

    internal ShownWebhook Make(WorkflowRow workflow, string nodeId, WebhookInput input, Sealer sealer)
    {
        var now = time.GetUtcNow();
        var id = new WebhookId(Guid.CreateVersion7(now));
        var token = RandomText();
        var secret = input.RequireSignature is true ? RandomText() : null;
        var row = new WebhookRow
        {
            Id = id,
            TenantId = workflow.TenantId,
            CommunityId = workflow.CommunityId,
            WorkflowId = workflow.Id,
            NodeId = nodeId,
            Name = input.Name!.Trim(),
            Description = input.Description ?? string.Empty,
            TokenHash = Hash(token),
            SealedToken = Seal(sealer, TokenPurpose, id, token),
            Enabled = input.Enabled ?? true,
            RequireSignature = secret is not null,
            SealedSecret = secret is null ? null : Seal(sealer, SecretPurpose, id, secret),
            IpAllowlist = [.. input.IpAllowlist ?? []],
            RateLimitMax = input.RateLimitMax ?? options.DefaultRateLimit,
            RateLimitWindow = input.RateLimitWindow ?? (int)options.DefaultRateLimitWindow.TotalSeconds,
            CreatedAt = now,
        };
        return new ShownWebhook(row, token, secret) { IsNew = true };
    }

    /// <summary>Changes the given fields; all others stay.</summary>
    internal static ShownWebhook Change(WebhookRow webhook, WebhookInput input, Sealer sealer)
    {
        webhook.Name = input.Name?.Trim() ?? webhook.Name;
        webhook.Description = input.Description ?? webhook.Description;
        webhook.Enabled = input.Enabled ?? webhook.Enabled;
        webhook.IpAllowlist = input.IpAllowlist is { } allowed ? [.. allowed] : webhook.IpAllowlist;
        webhook.RateLimitMax = input.RateLimitMax ?? webhook.RateLimitMax;
        webhook.RateLimitWindow = input.RateLimitWindow ?? webhook.RateLimitWindow;
        if (input.RequireSignature is true && !webhook.RequireSignature)
        {
            return RequireSignature(webhook, sealer);
        }

        webhook.RequireSignature = input.RequireSignature ?? webhook.RequireSignature;
        return new ShownWebhook(webhook, null, null);
    }

    /// <summary>Sets a new secret.</summary>
    internal static ShownWebhook RequireSignature(WebhookRow webhook, Sealer sealer)
    {
        var secret = RandomText();
        webhook.RequireSignature = true;
        webhook.SealedSecret = Seal(sealer, SecretPurpose, webhook.Id, secret);
        return new ShownWebhook(webhook, null, secret);
    }

    /// <summary>Returns the details of a webhook. It opens the token with another connection, so call it outside of transactions.</summary>
    internal async Task<WebhookDetails> ToDetailsAsync(ShownWebhook webhook, CancellationToken ct) =>
        webhook.ToDetails(webhook.Token ?? await OpenTokenAsync(webhook.Row, ct));

    internal Task<string> OpenSecretAsync(TenantId tenant, WebhookId id, byte[] sealedSecret, CancellationToken ct) =>
        OpenAsync(tenant, SecretPurpose, id, sealedSecret, ct);

    // A webhook whose token can't be opened must not hide the others.
    private async Task<string?> OpenTokenAsync(WebhookRow row, CancellationToken ct) =>
        (await vault.OpenAsync(row.TenantId, TokenPurpose, row.Id.ToString(), row.SealedToken, ct)).Match<string?>(
            secret => secret.RevealText(),
            _ => null
        );

    private static byte[] Seal(Sealer sealer, string purpose, WebhookId id, string text) =>
        sealer.Seal(purpose, id.ToString(), Encoding.UTF8.GetBytes(text));

    private async Task<string> OpenAsync(TenantId tenant, string purpose, WebhookId id, byte[] envelope, CancellationToken ct)
    {
        var opened = await vault.OpenAsync(tenant, purpose, id.ToString(), envelope, ct);
        return opened.Match(
            secret => secret.RevealText(),
            code =>
                throw new CryptographicException(
                    $"The secret of webhook {id} can't be opened ({code}): check SAASFLOWS_MASTER_KEY and SAASFLOWS_MASTER_KEY_PREVIOUS."
                )
        );
    }

    // Reads the configuration of a webhook trigger, which has passed validation.
    private static WebhookInput InputOf(NodeDefinition node)
    {
        var signed = node.Config.TryGetProperty("require_signature", out var required) && required.ValueKind == JsonValueKind.True;
        var addresses =
            node.Config.TryGetProperty("allowed_ips", out var allowed) && allowed.ValueKind == JsonValueKind.Array
                ? allowed.EnumerateArray().Select(address => address.GetString()!).ToList()
                : [];
        return new(node.Label.Length is > 0 and <= MaxName ? node.Label : "Webhook", null, null, signed, addresses, null, null);
    }

    private static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}

/// <summary>A webhook with its secret, which is shown only now, and its token, which is null if it must be opened first.</summary>
internal sealed record ShownWebhook(WebhookRow Row, string? Token, string? Secret)
{
    public bool IsNew { get; init; }

    public WebhookDetails ToDetails(string? token) =>
        new(
            Row.Id,
            Row.WorkflowId,
            Row.NodeId,
            token,
            Secret,
            Row.Name,
            Row.Description,
            Row.Enabled,
            Row.RequireSignature,
            Row.IpAllowlist,
            Row.RateLimitMax,
            Row.RateLimitWindow,
            Row.CreatedAt,
            LastTriggeredAt: null,
            TriggerCount: 0
        );

    public override string ToString() => "***";
}
