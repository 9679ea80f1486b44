using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Activities;
using SaaSFlows.Automation.Webhooks.Internal;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Automation.Webhooks;

/// <summary>Makes webhook rows and their secrets. A row is the only door into a workflow from outside.</summary>
public sealed class WebhookDoors(SecretVault vault, TimeProvider time)
{
    private const string TokenPurpose = "webhook_token";
    private const string SecretPurpose = "webhook_secret";
    private const int SecretBytes = 32;

    /// <summary>The form in which tokens are stored to be found: SHA-256, as tokens are long and random.</summary>
    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// Sees to it that each webhook trigger of <paramref name="definition"/> has a door, and that its doors are at least as closed as its
    /// configuration says. Those there keep their tokens over versions.
    /// </summary>
    /// <returns>Doors with something to show: new ones, and those that got a secret.</returns>
    internal async Task<IReadOnlyList<NewDoor>> FitAsync(AppDb db, WorkflowRow workflow, WorkflowDefinition definition, CancellationToken ct)
    {
        var doors = await db.Set<WebhookRow>().Where(webhook => webhook.WorkflowId == workflow.Id).ToListAsync(ct);
        var shown = new List<NewDoor>();
        foreach (var node in definition.Nodes.Where(node => node.Type == NodeTypes.TriggerWebhook))
        {
            var own = doors.FindAll(door => door.NodeId == node.Id.Value);
            var settings = WebhookSettings.Of(node);
            if (own.Count == 0)
            {
                var made = await MakeAsync(workflow, node.Id.Value, settings, ct);
                db.Add(made.Row);
                shown.Add(made);
            }

            foreach (var door in own)
            {
                if (settings.IpAllowlist.Count > 0 && !settings.IpAllowlist.SequenceEqual(door.IpAllowlist))
                {
                    door.IpAllowlist = [.. settings.IpAllowlist];
                    door.Revision++;
                }

                if (settings.RequireSignature && !door.RequireSignature)
                {
                    shown.Add(await RequireSignatureAsync(door, ct));
                }
            }
        }

        return shown;
    }

    internal async Task<NewDoor> MakeAsync(WorkflowRow workflow, string nodeId, WebhookSettings settings, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var id = new WebhookId(Guid.CreateVersion7(now));
        var token = RandomText();
        var secret = settings.RequireSignature ? RandomText() : null;
        var row = new WebhookRow
        {
            Id = id,
            TenantId = workflow.TenantId,
            CommunityId = workflow.CommunityId,
            WorkflowId = workflow.Id,
            NodeId = nodeId,
            Name = settings.Name,
            Description = settings.Description,
            TokenHash = Hash(token),
            SealedToken = await SealAsync(workflow.TenantId, TokenPurpose, id, token, ct),
            Enabled = true,
            RequireSignature = settings.RequireSignature,
            SealedSecret = secret is null ? null : await SealAsync(workflow.TenantId, SecretPurpose, id, secret, ct),
            IpAllowlist = [.. settings.IpAllowlist],
            CreatedAt = now,
        };
        return new NewDoor(row, token, secret);
    }

    private async Task<NewDoor> RequireSignatureAsync(WebhookRow door, CancellationToken ct)
    {
        var secret = RandomText();
        door.RequireSignature = true;
        door.Revision++;
        door.SealedSecret = await SealAsync(door.TenantId, SecretPurpose, door.Id, secret, ct);
        return new NewDoor(door, await OpenTokenAsync(door, ct), secret);
    }

    internal Task<string> OpenTokenAsync(WebhookRow row, CancellationToken ct) =>
        OpenAsync(row.TenantId, TokenPurpose, row.Id, row.SealedToken, ct);

    internal Task<string> OpenSecretAsync(TenantId tenant, WebhookId id, byte[] sealedSecret, CancellationToken ct) =>
        OpenAsync(tenant, SecretPurpose, id, sealedSecret, ct);

    private async Task<byte[]> SealAsync(TenantId tenant, string purpose, WebhookId id, string text, CancellationToken ct) =>
        await vault.SealAsync(tenant, purpose, id.ToString(), Encoding.UTF8.GetBytes(text), ct);

    private async Task<string> OpenAsync(TenantId tenant, string purpose, WebhookId id, byte[] envelope, CancellationToken ct)
    {
        var opened = await vault.OpenAsync(tenant, purpose, id.ToString(), envelope, ct);
        return opened.Match(
            secret => secret.RevealText(),
            code => throw new InvalidOperationException($"A webhook's secret does not open: {code}."));
    }

    private static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}

/// <summary>What its owner chose for a webhook.</summary>
internal sealed record WebhookSettings(string Name, string Description, bool RequireSignature, IReadOnlyList<string> IpAllowlist)
{
    private const int MaxName = 200;

    /// <summary>What the configuration of a webhook trigger asks for. It has passed validation.</summary>
    public static WebhookSettings Of(NodeDefinition node)
    {
        var signed = node.Config.TryGetProperty("require_signature", out var required) && required.ValueKind == JsonValueKind.True;
        var addresses = node.Config.TryGetProperty("allowed_ips", out var allowed) && allowed.ValueKind == JsonValueKind.Array
            ? allowed.EnumerateArray().Select(address => address.GetString()!).ToList()
            : [];
        return new(node.Label.Length is > 0 and <= MaxName ? node.Label : "Webhook", string.Empty, signed, addresses);
    }
}

/// <summary>A webhook with its token, and with what is shown only now (the secret) or from now on (the token).</summary>
internal sealed record NewDoor(WebhookRow Row, string Token, string? Secret)
{
    public WebhookDetails ToDetails() => new(
        Row.Id,
        Row.WorkflowId,
        Row.NodeId,
        Token,
        Secret,
        Row.Name,
        Row.Description,
        Row.Enabled,
        Row.RequireSignature,
        Row.IpAllowlist,
        Row.CreatedAt,
        LastTriggeredAt: null,
        TriggerCount: 0);

    public override string ToString() => "***";
}
