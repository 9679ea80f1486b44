using System.Net.Http.Json;
using System.Text;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A mail that was accepted goes out, whatever happens to the mail server and to the process meanwhile.</summary>
public sealed class MailOutboxTests(MailOutboxTests.Host host) : IClassFixture<MailOutboxTests.Host>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mails_wait_sealed_while_the_server_is_away_and_go_out_when_it_is_back()
    {
        var owner = await host.RegisterAsync();
        var email = $"{Guid.NewGuid():N}@example.com";
        var token = (await owner.PostAsync("/api/v1/invitations", new { email, role = "viewer" })).Data.GetProperty("token").GetString()!;
        await owner.PostAsync("/api/v1/auth/password/forgot", new { email = owner.Email });
        await TriedAsync(2, tries: 1);

        // Nothing in the row says to whom, or lets anybody in.
        foreach (var secret in new[] { email, token, owner.Email.ToUpperInvariant() })
        {
            Assert.Equal(
                0,
                await host.ScalarAsync<long>(
                    "select count(*) from accounts.mails where position($1::bytea in sealed_content) > 0",
                    Encoding.UTF8.GetBytes(secret)
                )
            );
        }

        // Not again before its pause is over.
        await using var server = new MailServer(port: Host.MailPort);
        await host.CountAsync("with u as (update accounts.mails set try_at = now() - interval '1 second' returning 1) select count(*) from u");
        await WakeAsync();

        Assert.Contains($"/invitations/{token}", (await server.LinkAsync(email, Ct)).ToString(), StringComparison.Ordinal);
        Assert.Contains("/reset-password#token=", (await server.LinkAsync(owner.Email, Ct)).ToString(), StringComparison.Ordinal);
        await Eventually.True(async () => await WaitingAsync() == 0, Patience, Ct);
        Assert.Equal(2, server.Mails.Count);
    }

    [Fact]
    public async Task What_is_of_no_use_any_more_is_given_up_and_what_nobody_can_open_waits()
    {
        var owner = await host.RegisterAsync();
        await owner.PostAsync("/api/v1/auth/password/forgot", new { email = owner.Email });
        await TriedAsync(1, tries: 1);
        await host.CountAsync(
            "with u as (update accounts.mails set try_at = now(), sealed_content = sealed_content || 'x'::bytea returning 1) select count(*) from u"
        );
        await WakeAsync();
        await TriedAsync(1, tries: 2);

        await host.CountAsync("with u as (update accounts.mails set try_at = now(), expires_at = now() returning 1) select count(*) from u");
        await WakeAsync();
        await Eventually.True(async () => await WaitingAsync() == 0, Patience, Ct);
    }

    // Any new mail wakes the delivery; there is nobody to send this one to.
    private Task<HttpResponseMessage> WakeAsync() =>
        host.Anonymous().PostAsJsonAsync("/api/v1/auth/password/forgot", new { email = $"{Guid.NewGuid():N}@example.com" }, Ct);

    private Task<long> WaitingAsync() => host.ScalarAsync<long>("select count(*) from accounts.mails");

    private Task TriedAsync(int mails, int tries) =>
        Eventually.True(
            async () =>
                await host.ScalarAsync<long>(
                    "select count(*) from accounts.mails where tries >= $1 and try_at > now() and try_at < now() + interval '6 minutes'",
                    tries
                ) == mails,
            Patience,
            Ct
        );

    /// <summary>A program whose mail server is away at first.</summary>
    public sealed class Host : ApiHost
    {
        internal static readonly int MailPort = FreePort.Next();

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Mail:Host", "127.0.0.1"), new("Mail:Port", $"{MailPort}"), new("Mail:UseTls", "false"), new("Mail:From", "no-reply@example.com")];
    }
}
