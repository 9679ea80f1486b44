using MimeKit;
using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Mail;

/// <summary>The mail server, and how mails name this installation.</summary>
public sealed class MailOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private static readonly ParserOptions _whole = new() { AllowAddressesWithoutDomain = false };

    /// <summary>The mail server's name. Without one nothing is mailed: links are written to the log instead, for whoever runs this.</summary>
    public string? Host { get; set; }

    /// <summary>587 is where servers take mail from programs.</summary>
    public int Port { get; set; } = 587;

    /// <summary>For servers that want to know who sends.</summary>
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

    /// <summary>How long one mail may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The address of this installation in people's browsers. Links in mails begin with it and never with what a request says: anybody can ask for a
    /// mail to somebody else, and would choose where its link leads.
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
