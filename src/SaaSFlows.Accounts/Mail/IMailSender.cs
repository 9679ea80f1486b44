namespace SaaSFlows.Accounts.Mail;

/// <summary>Sends mails. Safe for concurrent use.</summary>
public interface IMailSender
{
    /// <summary>Returns when the mail server has accepted the mail.</summary>
    /// <exception cref="MailException">It has not.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}

/// <summary>A mail about one link.</summary>
/// <param name="To">One address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text, without the link: that follows on a line of its own.</param>
/// <param name="Link">Often a secret.</param>
public sealed record OutgoingMail(string To, string Subject, string Text, Uri Link)
{
    /// <summary>Shown beside the sender's address; null for the product itself.</summary>
    public string? InTheNameOf { get; init; }

    public override string ToString() => "***";
}

/// <summary>A mail could not be sent: the server can't be reached, does not answer, or refuses it.</summary>
public sealed class MailException : Exception
{
    public MailException() { }

    public MailException(string message)
        : base(message) { }

    public MailException(string message, Exception innerException)
        : base(message, innerException) { }
}
