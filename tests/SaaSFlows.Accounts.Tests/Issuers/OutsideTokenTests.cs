using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Issuers;

/// <summary>Which tokens of another issuer are accepted, and for whom they speak.</summary>
public sealed class OutsideTokenTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Refused = "token.refused";

    private static CancellationToken Ct => AccountsHost.Ct;

    [Fact]
    public async Task The_trusts_row_says_who_calls_and_what_they_may_and_never_the_token()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        var (admin, other) = (await world.AdminAsync(), await IssuersWorld.NewOwnerAsync(world.Host));
        var trust = await world.TrustAsync(admin);

        var token = (
            await world.AuthenticateAsync(
                world.Token(
                    claims: new
                    {
                        tenant_id = other.TenantId.Value,
                        user_id = other.UserId.Value,
                        permissions = Permission.All,
                        communities = "*",
                        username = "root",
                        sid = Guid.NewGuid(),
                    }
                )
            )
        ).Value();

        Assert.Equal((admin, world.Owner.TenantId), (token.Caller.UserId, token.Caller.TenantId));
        Assert.Equal([Permission.ReadWorkflows, Permission.UpdateWorkflows], token.Caller.Permissions.Order());
        Assert.Equal(new Credential("issuer", trust.TrustedIssuerId.ToString()), token.Caller.Credential);
        Assert.False(token.Caller.HasSignedIn);
        Assert.Equal(world.Host.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), token.ExpiresAt.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_request_must_name_the_tenant_and_all_its_names_must_be_of_one()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId);
        var other = await IssuersWorld.NewOwnerAsync(world.Host);
        var (id, slug) = (
            world.Owner.TenantId.ToString(),
            (string)(await world.Host.SqlAsync("select slug from accounts.tenants where tenant_id = $1", world.Owner.TenantId.Value))!
        );

        Assert.Equal("", await world.RefusalAsync(world.Token(), slug.ToUpperInvariant()));
        Assert.Equal("", await world.RefusalAsync(world.Token(), slug, id));
        Assert.Equal("tenant.not_named", (await world.Tokens.AuthenticateAsync(world.Token(), [], Ct)).Error().Code);
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(), other.TenantId.ToString()));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(), id, other.TenantId.ToString()));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(), other.TenantId.ToString(), slug));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(), "nobody"));
    }

    [Fact]
    public async Task Another_tenants_trust_in_the_same_issuer_and_audience_hijacks_nobody()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId);
        Assert.Equal("", await world.RefusalAsync(world.Token()));

        // The same issuer and audience, with keys of the thief's own, and everybody mapped to the thief.
        using var thief = new OutsideIssuer();
        var robber = await IssuersWorld.NewOwnerAsync(world.Host);
        await world.TrustAsync(robber.UserId, by: robber, change: trust => trust with { JwksUri = thief.JwksUri });
        var stolen = thief.Token(world.Host.Time.GetUtcNow(), IssuersWorld.Audience, "ada", new { iss = world.Issuer.Url });

        Assert.Equal(world.Owner.UserId, (await world.AuthenticateAsync(world.Token())).Value().Caller.UserId);
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(), robber.TenantId.ToString()));
        Assert.Equal(Refused, await world.RefusalAsync(stolen));
        Assert.Equal(robber.TenantId, (await world.AuthenticateAsync(stolen, robber.TenantId.ToString())).Value().Caller.TenantId);

        // A slug that is another tenant's id names nobody.
        await world.Host.SqlAsync(
            "update accounts.tenants set slug = $2 where tenant_id = $1",
            robber.TenantId.Value,
            world.Owner.TenantId.ToString()
        );
        await world.HearAsync();
        Assert.Equal(world.Owner.UserId, (await world.AuthenticateAsync(world.Token())).Value().Caller.UserId);
        Assert.Equal(Refused, await world.RefusalAsync(stolen));
    }

    [Fact]
    public async Task Users_who_are_not_listed_are_refused_or_are_the_service_account_and_null_bars_one()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        var bot = (
            await world.Host.Get<SaaSFlows.Accounts.Identity.ServiceAccounts.ServiceAccountsHandler>().CreateAsync(world.Owner, "bot", "viewer", Ct)
        )
            .Value()
            .UserId;
        var trust = await world.TrustAsync(world.Owner.UserId);
        Assert.Equal("issuer.user_unknown", await world.RefusalAsync(world.Token("eve")));

        await ChangeAsync(world, trust, new() { EveryoneElse = bot.ToString(), Subjects = [new("ada", world.Owner.UserId), new("mallory", null)] });
        Assert.Equal(bot, (await world.AuthenticateAsync(world.Token("eve"))).Value().Caller.UserId);
        Assert.Equal([Permission.ReadWorkflows], (await world.AuthenticateAsync(world.Token("eve"))).Value().Caller.Permissions);
        Assert.Equal(world.Owner.UserId, (await world.AuthenticateAsync(world.Token())).Value().Caller.UserId);
        Assert.Equal("issuer.user_unknown", await world.RefusalAsync(world.Token("mallory")));
    }

    [Fact]
    public async Task An_email_address_counts_only_if_the_issuer_has_verified_it()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId, "ada@example.com", change: trust => trust with { UserClaim = "email" });

        Assert.Equal("", await world.RefusalAsync(world.Token("x", new { email = "ada@example.com", email_verified = true })));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("x", new { email = "ada@example.com", email_verified = false })));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("x", new { email = "ada@example.com", email_verified = "true" })));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("x", new { email = "ada@example.com" })));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("ada@example.com")));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("RS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task Every_asymmetric_algorithm_is_accepted_where_the_trust_allows_it(string algorithm)
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        world.Issuer.AddKey(
            "key",
            algorithm switch
            {
                "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
                "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
                "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
                _ => RSA.Create(2048),
            }
        );
        var trust = await world.TrustAsync(world.Owner.UserId, change: trust => trust with { Algorithms = [algorithm] });
        Assert.Equal("", await world.RefusalAsync(world.Token(kid: "key", algorithm: algorithm)));

        await ChangeAsync(world, trust, new() { Algorithms = [algorithm == "RS384" ? "RS256" : "RS384"] });
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(kid: "key", algorithm: algorithm)));
    }

    [Fact]
    public async Task What_was_ended_or_changed_counts_with_the_next_look_at_the_feed()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        var admin = await world.AdminAsync();
        var trust = await world.TrustAsync(admin);
        var token = (await world.AuthenticateAsync(world.Token())).Value();
        Assert.NotNull(await world.Tokens.CurrentAsync(token, Ct));

        // A role: narrowed. A trust that was changed: what hung on the old one ends, new requests go on.
        await world.Host.SqlAsync(
            "update accounts.memberships set role = 'viewer' where tenant_id = $1 and user_id = $2",
            world.Owner.TenantId.Value,
            admin.Value
        );
        await world.HearAsync();
        Assert.Equal([Permission.ReadWorkflows], (await world.Tokens.CurrentAsync(token, Ct))!.Permissions);
        await ChangeAsync(world, trust, new() { Permissions = [Permission.ReadLogs] });
        Assert.Null(await world.Tokens.CurrentAsync(token, Ct));
        Assert.Equal([Permission.ReadLogs], (await world.AuthenticateAsync(world.Token())).Value().Caller.Permissions);

        // A removed member does not become one of those who are not listed.
        var bot = (
            await world.Host.Get<SaaSFlows.Accounts.Identity.ServiceAccounts.ServiceAccountsHandler>().CreateAsync(world.Owner, "bot", "viewer", Ct)
        )
            .Value()
            .UserId;
        await ChangeAsync(world, trust, new() { EveryoneElse = bot.ToString() });
        (await world.Host.Get<SaaSFlows.Accounts.Directory.Members.MembersHandler>().RemoveAsync(world.Owner, admin, Ct)).Value();
        await world.HearAsync();
        Assert.Equal("issuer.user_unknown", await world.RefusalAsync(world.Token()));
        Assert.Equal("", await world.RefusalAsync(world.Token("eve")));

        await SuspendAsync(world, "suspended");
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("eve")));
        await SuspendAsync(world, "active");
        Assert.Equal("", await world.RefusalAsync(world.Token("eve")));
        (await world.Host.Get<TrustedIssuersHandler>().DeleteAsync(world.Owner, trust.TrustedIssuerId, Ct)).Value();
        await world.HearAsync();
        Assert.Equal(Refused, await world.RefusalAsync(world.Token("eve")));
    }

    [Fact]
    public async Task A_thousand_tokens_of_both_kinds_and_forgeries_are_told_apart_at_once_without_a_query()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        world.Issuer.AddKey("second", elliptic);
        await world.TrustAsync(world.Owner.UserId);
        var ours = (await world.Host.Tokens.IssueAsync(world.Owner, new SessionId(Guid.CreateVersion7()), forCookie: false, Ct)).Token;
        await world.Host.ValidateAsync(ours);
        Assert.Equal("", await world.RefusalAsync(world.Token()));
        var requests = world.Issuer.Requests.Count;

        // Without these there is nothing to ask.
        await world.Host.SqlAsync(
            """
            alter function accounts.trusts_of(text, uuid) rename to gone_1;
            alter function accounts.trusted_user(uuid, uuid, text) rename to gone_2;
            alter function accounts.memberships_of(uuid) rename to gone_3;
            alter table accounts.signing_keys rename to gone_4;
            """
        );
        try
        {
            var bad = Forgeries(world, elliptic);
            var good = new[] { world.Token(), world.Token(kid: "second", algorithm: "ES256") };
            var results = await Task.WhenAll(
                Enumerable
                    .Range(0, 1000)
                    .Select(i =>
                        Task.Run(async () =>
                            (i % 4) switch
                            {
                                0 => (await world.Host.Tokens.ValidateAsync(ours, Ct)).IsDone(),
                                1 => await world.RefusalAsync(good[(i / 4) % 2]) == "",
                                2 => await world.RefusalAsync(bad[(i / 4) % bad.Length]) == Refused,
                                _ => !(await world.Host.Tokens.ValidateAsync(bad[(i / 4) % bad.Length], Ct)).IsDone(),
                            }
                        )
                    )
            );

            Assert.All(results, Assert.True);
            Assert.Equal(requests, world.Issuer.Requests.Count);
        }
        finally
        {
            await world.Host.SqlAsync(
                """
                alter function accounts.gone_1(text, uuid) rename to trusts_of;
                alter function accounts.gone_2(uuid, uuid, text) rename to trusted_user;
                alter function accounts.gone_3(uuid) rename to memberships_of;
                alter table accounts.gone_4 rename to signing_keys;
                """
            );
        }
    }

    // Each differs in one thing from a token that is accepted.
    private static string[] Forgeries(IssuersWorld world, ECDsa elliptic)
    {
        var now = world.Host.Time.GetUtcNow();
        using var foreign = RSA.Create(2048);
        var (issuer, audience, real) = (world.Issuer, IssuersWorld.Audience, world.Token());
        var parts = real.Split('.');
        byte[] Hmac(byte[] text) => HMACSHA256.HashData(issuer.PublicKey("first"), text);
        byte[] HmacPem(byte[] text) =>
            HMACSHA256.HashData(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", issuer.PublicKey("first"))), text);
        return
        [
            issuer.Forged(now, audience, "ada", new { alg = "none" }, _ => []),
            issuer.Forged(now, audience, "ada", new { alg = "None" }, _ => [1]),
            $"{parts[0]}.{parts[1]}.",
            issuer.Forged(now, audience, "ada", new { alg = "HS256" }, Hmac),
            issuer.Forged(now, audience, "ada", new { alg = "HS256" }, HmacPem),
            issuer.Forged(now, audience, "ada", new { alg = "RS256" }, Hmac),
            issuer.Token(now, audience, "ada", signWith: foreign),
            // Good with its key, but not what the key, or the trust, is for.
            issuer.Token(now, audience, "ada", algorithm: "PS256"),
            issuer.Token(now, audience, "ada", header: new { alg = "ES256" }),
            issuer.Token(now, audience, "ada", header: new { kid = "second" }),
            issuer.Token(now, audience, "ada", header: new { kid = "unknown" }),
            issuer.Token(now, audience, "ada", header: new { kid = (string?)null }),
            issuer.Token(now, audience, "ada", header: new { kid = "../../first" }),
            issuer.Token(now, audience, "ada", header: new { kid = "x' union select 'first" }),
            issuer.Token(now, audience, "ada", header: new { kid = new[] { "first" } }),
            issuer.Token(
                now,
                audience,
                "ada",
                header: new
                {
                    jku = "http://127.0.0.1:1/",
                    x5u = "http://127.0.0.1:1/",
                    jwk = new { kty = "RSA" },
                },
                signWith: foreign
            ),
            issuer.Token(now, audience, "ada", header: new { typ = "logout+jwt" }),
            issuer.Token(now, audience, "ada", header: new { typ = (string?)null }),
            issuer.Token(now, "https://other.example", "ada"),
            issuer.Token(now, audience, "ada", new { aud = (string?)null }),
            issuer.Token(now, audience, "ada", new { iss = issuer.Url + "/" }),
            issuer.Token(now, audience, "ada", new { iss = new { a = 1 } }),
            issuer.Token(now.AddHours(-1).AddSeconds(-1), audience, "ada"),
            issuer.Token(now, audience, "ada", new { exp = (long?)null }),
            issuer.Token(now, audience, "ada", new { exp = "soon" }),
            issuer.Token(now, audience, "ada", new { exp = 1e300 }),
            issuer.Token(now, audience, "ada", new { exp = new { a = 1 } }),
            issuer.Token(now, audience, "ada", new { nbf = now.AddMinutes(2).ToUnixTimeSeconds() }),
            issuer.Token(now, audience, "ada", new { sub = (string?)null }),
            issuer.Token(now, audience, "ada", new { sub = 7 }),
            issuer.Token(now, audience, "ada\0"),
            issuer.Token(now, audience, "ada", new { padding = new string('x', 9000) }),
            real + "x",
            real + ".x",
            $"{parts[0]}.{parts[1][..^4]}.{parts[2]}",
            "",
            "..",
            "a.b.c",
            "e30.e30.e30",
            "W10.W10.W10",
        ];
    }

    private static async Task SuspendAsync(IssuersWorld world, string status)
    {
        await world.Host.SqlAsync("update accounts.tenants set status = $2 where tenant_id = $1", world.Owner.TenantId.Value, status);
        await world.AdvanceAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task ChangeAsync(IssuersWorld world, TrustedIssuer trust, Change change)
    {
        // A change is told from the next by its time.
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        (
            await world
                .Host.Get<TrustedIssuersHandler>()
                .ChangeAsync(
                    world.Owner,
                    trust.TrustedIssuerId,
                    new(null, null, null, null, change.Algorithms, null, change.Permissions, change.Subjects, change.EveryoneElse),
                    Ct
                )
        ).Value();
        await world.HearAsync();
    }

    private sealed record Change
    {
        public IReadOnlyList<string>? Algorithms { get; init; }

        public IReadOnlyList<string>? Permissions { get; init; }

        public IReadOnlyList<TrustedSubject>? Subjects { get; init; }

        public string? EveryoneElse { get; init; }
    }
}
