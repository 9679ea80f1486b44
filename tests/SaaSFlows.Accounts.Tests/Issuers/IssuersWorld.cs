using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Outbound;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Issuers;

/// <summary>A tenant, an issuer of its own, and one process that has read the feed.</summary>
internal sealed class IssuersWorld : IAsyncDisposable
{
    public const string Audience = "https://saasflows.example";

    private IssuersWorld(AccountsHost host, Caller owner) => (Host, Owner) = (host, owner);

    public AccountsHost Host { get; }

    public OutsideIssuer Issuer { get; } = new();

    public Caller Owner { get; }

    public OutsideTokens Tokens => Host.Get<OutsideTokens>();

    public static async Task<IssuersWorld> MakeAsync(TestDatabase database)
    {
        var host = new AccountsHost(database, configure: services => services.AddOutbound(new OutboundOptions { AllowPrivateNetworks = true }));
        var world = new IssuersWorld(host, await NewOwnerAsync(host));
        await world.HearAsync();
        return world;
    }

    public static async Task<Caller> NewOwnerAsync(AccountsHost host) =>
        (await host.ValidateAsync((await host.RegisterAsync()).Session.Token.Token)).Caller;

    /// <summary>What happens once a second.</summary>
    public Task HearAsync() => Host.Get<AccessFeed>().PollAsync(AccountsHost.Ct);

    public async Task AdvanceAsync(TimeSpan time)
    {
        Host.Time.Advance(time);
        await HearAsync();
    }

    /// <summary>Another member of the tenant, acting in all of it.</summary>
    public async Task<UserId> AdminAsync()
    {
        var user = (await Host.RegisterAsync()).Session.User.UserId;
        await Host.SqlAsync("insert into accounts.memberships (tenant_id, user_id, role) values ($1, $2, 'admin')", Owner.TenantId.Value, user.Value);
        return user;
    }

    public async Task<TrustedIssuer> TrustAsync(
        UserId member,
        string subject = "ada",
        Caller? by = null,
        Func<WriteTrustedIssuer, WriteTrustedIssuer>? change = null
    )
    {
        var trust = new WriteTrustedIssuer(
            "Ours",
            Issuer.Url,
            Audience,
            null,
            null,
            null,
            [Permission.ReadWorkflows, Permission.UpdateWorkflows],
            [new(subject, member)],
            null
        );
        var made = (await Host.Get<TrustedIssuersHandler>().CreateAsync(by ?? Owner, change?.Invoke(trust) ?? trust, AccountsHost.Ct)).Value();
        await HearAsync();
        return made;
    }

    public string Token(string subject = "ada", object? claims = null, object? header = null, string kid = "first", string algorithm = "RS256") =>
        Issuer.Token(Host.Time.GetUtcNow(), Audience, subject, claims, header, kid, algorithm);

    public Task<AccountsResult<OutsideToken>> AuthenticateAsync(string token, params string[] tenant) =>
        Tokens.AuthenticateAsync(token, tenant is [] ? [Owner.TenantId.ToString()] : tenant, AccountsHost.Ct);

    /// <summary>The code of the refusal; empty if it is accepted.</summary>
    public async Task<string> RefusalAsync(string token, params string[] tenant) =>
        (await AuthenticateAsync(token, tenant)).Match(_ => "", error => error.Code);

    public async ValueTask DisposeAsync()
    {
        Issuer.Dispose();
        await Host.DisposeAsync();
    }
}
