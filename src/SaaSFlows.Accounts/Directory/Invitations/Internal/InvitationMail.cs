using System.Text.Json;
using Npgsql;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Directory.Invitations.Internal;

/// <summary>The mail that brings an invitation.</summary>
internal sealed class InvitationMail(MailOutbox outbox, MailOptions options) : IMailWriter
{
    public string Kind => "invitation";

    /// <summary>See <see cref="MailOutbox.PostAsync"/>. If too many mails are waiting, the inviting member can still pass on the link.</summary>
    public Task PostAsync(
        NpgsqlConnection connection,
        Sealer sealer,
        string to,
        string tenantName,
        string token,
        TimeSpan lifetime,
        CancellationToken ct
    ) => outbox.PostAsync(connection, sealer, Kind, new Content(to, tenantName, token), lifetime, ct);

    public Task<OutgoingMail?> WriteAsync(JsonElement content, CancellationToken ct)
    {
        var (to, tenantName, token) = content.Deserialize<Content>()!;
        var tenant = MailText.Name(tenantName);
        var text =
            $"You are invited to join {tenant} on SaaSFlows. The link is for you alone and works for 7 days. If you did not expect it, do nothing.";
        return Task.FromResult<OutgoingMail?>(
            new(to, $"Your invitation to {tenant}", text, new Uri(options.PublicUrl, $"/invitations/{token}")) { InTheNameOf = tenant }
        );
    }

    private sealed record Content(string To, string TenantName, string Token);
}
