using MimeKit;
using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Mail;

/// <summary>The mail server, and how mails name this installation.</summary>
public sealed class MailOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private static readonly ParserOptions _whole = new() { AllowAddressesWithoutDomain = false };

    /// <summary>The name of the mail server. Without one, links are written to the log instead.</summary>
    public string? Host { get; set; }

    /// <summary>The port; 587 is the port for mail from programs.</summary>
    public int Port { get; set; } = 587;

    /// <summary>The user name, if the server needs one.</summary>
    public string? UserName { get; set; }

    /// <summary>The password that goes with <see cref="UserName"/>.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// Speaks TLS (from the first byte on port 465, else after STARTTLS) and sends nothing to a server that does not. Off only for a server on the
    /// same machine.
    /// </summary>
    public bool UseTls { get; set; } = true;

    /// <summary>The sender's address; needed where <see cref="Host"/> is set.</summary>
    public string? From { get; set; }

    /// <summary>The time limit for a mail.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The public address of this installation. Links in mails begin with it and never with the host of a request: anybody can request a mail to
    /// another person, and could choose the target of its link.
    /// </summary>
    public Uri PublicUrl { get; set; } = new("http://localhost:8070");

    /// <summary>Throws if the options can't work together.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// There is a server but no sender, the sender is no address, the public URL is not one of http or https, or the port or the timeout is out of
    /// bounds.
    /// </exception>
    public void Validate()
    {
        Setting.Require(
            Host is null || (From is not null && MailboxAddress.TryParse(_whole, From, out _)),
            "Mail:From",
            "must be an e-mail address where Mail:Host is set."
        );
        Setting.Require(Port is > 0 and <= ushort.MaxValue, "Mail:Port", "must be from 1 to 65535.");
        Setting.Require(Timeout > TimeSpan.Zero && Timeout <= LongestTimeout, "Mail:Timeout", "must be above zero and at most 00:10:00.");
        Setting.Require(
            PublicUrl is { IsAbsoluteUri: true, Scheme: "http" or "https" },
            "Mail:PublicUrl",
            "must be an address that begins with http or https."
        );
    }
}
