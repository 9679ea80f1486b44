using System.Security.Cryptography;
using System.Text.Json;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Issuers;

/// <summary>How the keys of an issuer come and go.</summary>
public sealed class IssuerKeysTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Refused = "token.refused";
    private const string Unreachable = "issuer.unreachable";

    [Fact]
    public async Task A_storm_of_unknown_keys_makes_one_request_a_minute()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId);
        Assert.Equal("", await world.RefusalAsync(world.Token()));
        Assert.Equal(1, world.Issuer.KeyRequests);

        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        var storm = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(i => Task.Run(() => world.RefusalAsync(world.Token(header: new { kid = $"made up {i}" }))))
        );
        Assert.All(storm, refusal => Assert.Equal(Refused, refusal));
        Assert.Equal(2, world.Issuer.KeyRequests);

        // A new key is found with the next minute's request, and the storm costs the others nothing.
        world.Issuer.AddKey("next", ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Assert.Equal(Refused, await world.RefusalAsync(world.Token(kid: "next", algorithm: "ES256")));
        Assert.Equal("", await world.RefusalAsync(world.Token()));
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("", await world.RefusalAsync(world.Token(kid: "next", algorithm: "ES256")));
        Assert.Equal(3, world.Issuer.KeyRequests);
    }

    [Fact]
    public async Task A_key_that_the_issuer_took_back_is_refused_after_ten_minutes()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId);
        var token = world.Token();
        Assert.Equal("", await world.RefusalAsync(token));

        world.Issuer.AddKey("next", RSA.Create(2048));
        world.Issuer.RemoveKey("first");
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(Refused, await world.RefusalAsync(token));
        Assert.Equal("", await world.RefusalAsync(world.Token(kid: "next")));
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_reached_is_said_so_and_known_keys_hold_for_an_hour()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        await world.TrustAsync(world.Owner.UserId);
        var elsewhere = await world.TrustAsync(world.Owner.UserId, change: trust => trust with { Issuer = "http://127.0.0.1:1", Audience = "other" });
        Assert.Equal("", await world.RefusalAsync(world.Token()));
        Assert.Equal(Unreachable, await world.RefusalAsync(world.Token(claims: new { iss = elsewhere.Issuer, aud = "other" })));

        world.Issuer.Jwks = "no keys";
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Equal("", await world.RefusalAsync(world.Token()));
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(Unreachable, await world.RefusalAsync(world.Token()));

        world.Issuer.Jwks = null;
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("", await world.RefusalAsync(world.Token()));
    }

    [Theory]
    [InlineData("""{"issuer":"https://other.example","jwks_uri":"URL/keys"}""")]
    [InlineData("""{"issuer":"URL","jwks_uri":"file:///etc/passwd"}""")]
    [InlineData("""{"issuer":"URL","jwks_uri":"http://internal.example/keys"}""")]
    [InlineData("""{"issuer":"URL"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_wrong_discovery_document_is_no_source_of_keys(string metadata)
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        world.Issuer.Metadata = metadata.Replace("URL", world.Issuer.Url, StringComparison.Ordinal);
        await world.TrustAsync(world.Owner.UserId);

        Assert.Equal(Unreachable, await world.RefusalAsync(world.Token()));
    }

    [Fact]
    public async Task A_flood_of_bytes_is_no_key_set()
    {
        await using var world = await IssuersWorld.MakeAsync(database);
        world.Issuer.Jwks = "{\"keys\":[],\"x\":\"" + new string('x', 300_000) + "\"}";
        await world.TrustAsync(world.Owner.UserId);

        Assert.Equal(Unreachable, await world.RefusalAsync(world.Token()));
    }

    [Fact]
    public void Keys_that_no_token_may_be_signed_with_are_left_out()
    {
        using RSA small = RSA.Create(1024),
            good = RSA.Create(2048);
        var (tiny, real) = (small.ExportParameters(false), good.ExportParameters(false));
        static string Text(byte[]? bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
        var keys = IssuerKey.ReadAll(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    keys = new object?[]
                    {
                        new
                        {
                            kty = "oct",
                            kid = "shared",
                            k = "c2VjcmV0",
                        },
                        new
                        {
                            kty = "RSA",
                            kid = "small",
                            n = Text(tiny.Modulus),
                            e = Text(tiny.Exponent),
                        },
                        new
                        {
                            kty = "RSA",
                            kid = "encrypts",
                            use = "enc",
                            n = Text(real.Modulus),
                            e = Text(real.Exponent),
                        },
                        new
                        {
                            kty = "RSA",
                            kid = "strange",
                            alg = "HS256",
                            n = Text(real.Modulus),
                            e = Text(real.Exponent),
                        },
                        new
                        {
                            kty = "RSA",
                            n = Text(real.Modulus),
                            e = Text(real.Exponent),
                        },
                        new
                        {
                            kty = "EC",
                            kid = "off the curve",
                            crv = "P-256",
                            x = Text(new byte[32]),
                            y = Text(new byte[32]),
                        },
                        new
                        {
                            kty = "EC",
                            kid = "no numbers",
                            crv = "P-256",
                        },
                        new { kty = 7, kid = "no text" },
                        null,
                        new
                        {
                            kty = "RSA",
                            kid = "only",
                            alg = "PS256",
                            n = Text(real.Modulus),
                            e = Text(real.Exponent),
                        },
                    },
                }
            )
        );

        Assert.Equal(("only", "PS256"), keys is [var one] ? (one.Kid, Assert.Single(one.Algorithms)) : default);
    }
}
