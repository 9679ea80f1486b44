using MimeKit;

namespace SaaSFlows.Api.Tests;

public sealed class InvitationMailTests(MailHost host) : IClassFixture<MailHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invitation_is_mailed_in_the_tenants_name_and_its_link_works()
    {
        var owner = await host.RegisterAsync("Guild of Makers");
        var email = NewEmail();
        var made = await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" });

        var link = await host.Mail.LinkAsync(email, Ct);
        // Where the link leads, no request decides.
        Assert.Equal($"https://flows.example.com/invitations/{made.Data.GetProperty("token").GetString()}", link.ToString());
        var mail = MailTo(email);
        Assert.Equal("Your invitation to Guild of Makers", mail.Subject);
        Assert.Equal("\"Guild of Makers (SaaSFlows)\" <no-reply@example.com>", mail.From.ToString());
        Assert.True(mail.Body is TextPart { IsPlain: true });
        Assert.Equal(200, (await Answer.FromAsync(await host.Anonymous().GetAsync("/api/v1" + link.AbsolutePath, Ct))).Status);
    }

    [Theory]
    [InlineData("<b>Bold</b>", "<b>Bold</b>")]
    [InlineData("Win at https://evil.example now", "a team")]
    public async Task A_tenants_name_adds_nothing_to_a_mail_but_words(string name, string shown)
    {
        var owner = await host.RegisterAsync(name);
        var email = NewEmail();
        await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" });
        await host.Mail.LinkAsync(email, Ct);

        var mail = MailTo(email);
        Assert.Equal($"Your invitation to {shown}", mail.Subject);
        Assert.Empty(mail.Bcc);
        Assert.True(mail.Body is TextPart { IsPlain: true });
    }

    [Fact]
    public async Task Line_breaks_that_got_into_a_name_end_no_header()
    {
        var owner = await host.RegisterAsync();
        await host.CountAsync(
            "with u as (update accounts.tenants set name = e'Acme\\r\\nBcc: x@evil.example' where tenant_id = $1 returning 1) select count(*) from u",
            owner.Tenant
        );
        var email = NewEmail();
        Assert.Equal(201, (await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" })).Status);
        await host.Mail.LinkAsync(email, Ct);

        Assert.Equal("Your invitation to Acme  Bcc: x@evil.example", MailTo(email).Subject);
        Assert.Empty(MailTo(email).Bcc);
    }

    [Fact]
    public async Task Nobody_is_flooded_with_invitations()
    {
        var owner = await host.RegisterAsync();
        var email = NewEmail();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(201, (await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" })).Status);
        }

        var refused = await owner.PostAsync("/api/v1/invitations", new { email = email.ToUpperInvariant(), role = "viewer" });
        Assert.Equal((409, "invitation.too_many"), (refused.Status, refused.Reason));
        Assert.Equal(201, (await owner.PostAsync("/api/v1/invitations", new { email = NewEmail(), role = "viewer" })).Status);
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    private MimeMessage MailTo(string email) => host.Mail.Mails.Single(mail => mail.Recipient == email).Message;
}

/// <summary>A host whose mail server is away.</summary>
public sealed class DeadMailHost : ApiHost
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("Mail:Host", "127.0.0.1"), new("Mail:Port", "1"), new("Mail:UseTls", "false"), new("Mail:From", "no-reply@example.com")];
}

public sealed class DeadMailTests(DeadMailHost host) : IClassFixture<DeadMailHost>
{
    [Theory]
    [InlineData("example.com")]
    [InlineData("exa,mple.com")]
    public async Task An_invitation_needs_no_mail_server_and_no_good_address(string domain)
    {
        var owner = await host.RegisterAsync();
        for (var i = 0; i < 3; i++)
        {
            var made = await owner.PostAsync("/api/v1/invitations", new { email = $"{Guid.NewGuid():N}@{domain}", role = "viewer" });
            Assert.Equal((201, 43), (made.Status, made.Data.GetProperty("token").GetString()!.Length));
        }

        Assert.Equal(200, (await owner.GetAsync("/api/v1/invitations")).Status);
    }
}
