using System.Text.Json;

namespace SaaSFlows.Accounts.Mail;

/// <summary>Writes the mails of one kind, right before they are sent.</summary>
internal interface IMailWriter
{
    /// <summary>The name under which <see cref="MailOutbox"/> keeps them.</summary>
    string Kind { get; }

    /// <summary>Returns the mail; null if there is nothing to send any more.</summary>
    /// <param name="content">What was posted.</param>
    Task<OutgoingMail?> WriteAsync(JsonElement content, CancellationToken ct);
}
