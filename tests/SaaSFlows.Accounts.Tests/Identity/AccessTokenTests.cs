using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Identity;

/// <summary>Forged tokens are put together by hand, so that no library's refusal to make them hides ours to take them.</summary>
public sealed class AccessTokenTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private static readonly SessionId _session = new(Guid.CreateVersion7());

    private static readonly Caller _caller = new(
        new(Guid.NewGuid()),
        "ada@example.com",
        new(Guid.NewGuid()),
        Role.Editor.Permissions(),
        CommunityAccess.Of(new Dictionary<CommunityId, Role> { [new(1001)] = Role.Viewer })
    );

    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Token_carries_the_claims_of_the_contract()
    {
        var token = await IssueAsync();
        var (header, payload) = Decode(token);

        Assert.Equal("ES256", header.GetProperty("alg").GetString());
        Assert.Equal("at+jwt", header.GetProperty("typ").GetString());
        Assert.Equal((await _host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Single().Kid, header.GetProperty("kid").GetString());
        Assert.Equal(_caller.UserId.Value, payload.GetProperty("sub").GetGuid());
        Assert.Equal(_caller.UserId.Value, payload.GetProperty("user_id").GetGuid());
        Assert.Equal("ada@example.com", payload.GetProperty("username").GetString());
        Assert.Equal(_caller.TenantId.Value, payload.GetProperty("tenant_id").GetGuid());
        Assert.Equal(
            _caller.Permissions.Order(StringComparer.Ordinal),
            payload.GetProperty("permissions").EnumerateArray().Select(p => p.GetString())
        );
        Assert.Equal(_session.Value, payload.GetProperty("sid").GetGuid());
        Assert.Equal(3600, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64());
        Assert.False(payload.TryGetProperty("csrf", out _));
    }

    [Fact]
    public async Task Valid_token_gives_back_its_caller()
    {
        var caller = (await _host.ValidateAsync(await IssueAsync())).Caller;

        Assert.Equal((_caller.UserId, _caller.Username, _caller.TenantId), (caller.UserId, caller.Username, caller.TenantId));
        Assert.True(caller.Permissions.SetEquals(_caller.Permissions));
        Assert.Equal(_caller.Communities.Roles, caller.Communities.Roles);
        Assert.False(caller.Communities.IsWholeTenant);
    }

    [Fact]
    public async Task Anybody_can_check_a_token_with_the_published_key()
    {
        var token = await IssueAsync();
        var key = (await _host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Single();
        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
            }
        );
        var parts = token.Split('.');

        Assert.True(
            ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64UrlEncoder.DecodeBytes(parts[2]), HashAlgorithmName.SHA256)
        );
        Assert.Equal(("EC", "P-256", "sig", "ES256"), (key.Kty, key.Crv, key.Use, key.Alg));
    }

    [Fact]
    public async Task A_thousand_tokens_are_checked_at_once()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => IssueAsync()));

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 1000)
                .Select(i => Task.Run(() => _host.Tokens.ValidateAsync(i % 20 == 19 ? Altered(tokens[i % 10]) : tokens[i % 10], AccountsHost.Ct)))
        );

        Assert.Equal(950, results.Count(r => r.IsDone()));
    }

    [Fact]
    public async Task Token_ends_after_its_hour()
    {
        var token = await IssueAsync();

        _host.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await IsAcceptedAsync(token));
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await IsAcceptedAsync(token));
    }

    [Theory]
    [InlineData("issuer")]
    [InlineData("audience")]
    public async Task Token_of_our_key_for_others_is_refused(string what)
    {
        var options = what == "issuer" ? new AccessTokenOptions { Issuer = "other" } : new AccessTokenOptions { Audience = "other" };
        var other = new AccessTokens(_host.Get<SigningKeyRing>(), options, _host.Time);
        var token = (await other.IssueAsync(_caller, _session, forCookie: false, AccountsHost.Ct)).Token;

        Assert.True((await other.ValidateAsync(token, AccountsHost.Ct)).IsDone());
        Assert.False(await IsAcceptedAsync(token));
    }

    [Fact]
    public async Task Altered_claims_are_refused() => Assert.False(await IsAcceptedAsync(Altered(await IssueAsync())));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    public async Task Unsigned_token_is_refused(string algorithm)
    {
        var parts = (await IssueAsync()).Split('.');
        var header = await HeaderAsync(algorithm);

        Assert.False(await IsAcceptedAsync($"{header}.{parts[1]}."));
        Assert.False(await IsAcceptedAsync($"{header}.{parts[1]}.{parts[2]}"));
        Assert.False(await IsAcceptedAsync($"{parts[0]}.{parts[1]}."));
    }

    [Fact]
    public async Task Token_signed_with_the_public_key_as_a_shared_secret_is_refused()
    {
        var parts = (await IssueAsync()).Split('.');
        var text = $"{await HeaderAsync("HS256")}.{parts[1]}";
        var spki = (byte[])(await _host.SqlAsync("select public_key from accounts.signing_keys"))!;
        var key = (await _host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Single();

        foreach (var secret in new[] { spki, [.. Base64UrlEncoder.DecodeBytes(key.X), .. Base64UrlEncoder.DecodeBytes(key.Y)] })
        {
            Assert.False(await IsAcceptedAsync($"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}"));
        }
    }

    [Fact]
    public async Task Token_signed_with_a_foreign_key_under_our_key_id_is_refused()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = $"{await HeaderAsync("ES256")}.{(await IssueAsync()).Split('.')[1]}";

        Assert.False(
            await IsAcceptedAsync($"{text}.{Base64UrlEncoder.Encode(foreign.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}")
        );
    }

    [Theory]
    [InlineData("JWT", "{}", false)]
    [InlineData("at+jwt", "{}", true)]
    [InlineData("at+jwt", "{\"jwk\":{\"kty\":\"EC\"},\"jku\":\"http://127.0.0.1:1/\",\"x5u\":\"http://127.0.0.1:1/\"}", true)]
    public async Task Only_the_type_of_access_tokens_is_taken_and_key_hints_in_the_header_are_ignored(string type, string extra, bool accepted)
    {
        var parts = (await IssueAsync()).Split('.');
        var kid = Decode($"{parts[0]}.{parts[1]}.").Header.GetProperty("kid").GetString();
        var header = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(extra)!;
        header["alg"] = JsonSerializer.SerializeToElement("ES256");
        header["typ"] = JsonSerializer.SerializeToElement(type);
        header["kid"] = JsonSerializer.SerializeToElement(kid);
        var text = $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(header))}.{parts[1]}";
        var key = await _host.Get<SigningKeyRing>().CurrentAsync(AccountsHost.Ct);
        var signature = key.Use(k => k.ECDsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));

        Assert.Equal(accepted, await IsAcceptedAsync($"{text}.{Base64UrlEncoder.Encode(signature)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.")]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImtpZCJ9.e30.AAAA")]
    [InlineData("eyJhbGciOjF9.bm90IGpzb24.AAAA")]
    public async Task Rubbish_is_refused_quietly(string token) => Assert.False(await IsAcceptedAsync(token));

    [Fact]
    public async Task Overlong_token_is_refused() => Assert.False(await IsAcceptedAsync((await IssueAsync()) + new string('A', 9000)));

    [Fact]
    public async Task Token_for_a_cookie_has_a_value_that_requests_must_repeat()
    {
        var cookie = await _host.Tokens.IssueAsync(_caller, _session, forCookie: true, AccountsHost.Ct);
        var session = await _host.ValidateAsync(cookie.Token);
        var bearer = await _host.ValidateAsync(await IssueAsync());

        Assert.True(session.CsrfMatches(cookie.Csrf));
        Assert.False(session.CsrfMatches(null));
        Assert.False(session.CsrfMatches(""));
        Assert.False(session.CsrfMatches(cookie.Csrf + "x"));
        Assert.False(bearer.CsrfMatches(null));
        Assert.False(bearer.CsrfMatches(""));
        Assert.DoesNotContain(cookie.Token, cookie.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> IssueAsync() => (await _host.Tokens.IssueAsync(_caller, _session, forCookie: false, AccountsHost.Ct)).Token;

    private async Task<bool> IsAcceptedAsync(string token) => (await _host.Tokens.ValidateAsync(token, AccountsHost.Ct)).IsDone();

    private async Task<string> HeaderAsync(string algorithm)
    {
        var kid = (await _host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Single().Kid;
        return Base64UrlEncoder.Encode(
            JsonSerializer.Serialize(
                new
                {
                    alg = algorithm,
                    typ = "at+jwt",
                    kid,
                }
            )
        );
    }

    private static string Altered(string token)
    {
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("ada@example.com", "eve@example.com", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
    }

    private static (JsonElement Header, JsonElement Payload) Decode(string token)
    {
        var parts = token.Split('.');
        return (JsonDocument.Parse(Base64UrlEncoder.Decode(parts[0])).RootElement, JsonDocument.Parse(Base64UrlEncoder.Decode(parts[1])).RootElement);
    }
}
