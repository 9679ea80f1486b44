using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>
/// Makes and reads ID tokens. Their type is another than an access token's, so neither passes as the other. Safe for concurrent use.
/// </summary>
internal sealed class IdTokens(SigningKeyRing keys, AccessTokenOptions options, TimeProvider time)
{
    private const string Algorithm = SecurityAlgorithms.EcdsaSha256;
    private const string Type = "JWT";
    private const int LongestToken = 8 * 1024;

    private static readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = LongestToken };
    private static readonly Dictionary<string, object> _header = new() { ["typ"] = Type };

    /// <summary>Null without the scope openid.</summary>
    public async Task<string?> IssueAsync(
        NpgsqlConnection connection,
        SigningKey key,
        UserId user,
        TenantId tenant,
        ClientGrant grant,
        string? nonce,
        string accessToken,
        CancellationToken ct
    )
    {
        if (!grant.Has(Scopes.OpenId) || await IdentityClaims.FindAsync(connection, user, grant, ct) is not { } claims)
        {
            return null;
        }

        var payload = Write(claims, tenant, grant, nonce, accessToken);
        return key.Use(k =>
            _handler.CreateToken(payload, new SigningCredentials(k, Algorithm) { CryptoProviderFactory = k.CryptoProviderFactory }, _header)
        );
    }

    /// <summary>
    /// Whom a token of ours was made for, and in which session of a browser; null for any other. An old one will do: it says who wants to leave.
    /// </summary>
    public async Task<IdTokenHint?> ReadHintAsync(string token, CancellationToken ct)
    {
        if (
            Read(token) is { Alg: Algorithm, Typ: Type, Kid.Length: > 0 } jwt
            && await keys.FindAsync(jwt.Kid, ct) is { } key
            && await key.UseAsync(async k => (await _handler.ValidateTokenAsync(token, Parameters(k))).IsValid)
            && jwt.Audiences.ToList() is [var audience]
            && Guid.TryParse(audience, out var client)
            && Guid.TryParse(jwt.Subject, out var user)
            && jwt.TryGetPayloadValue<string>("sid", out var sid)
            && Guid.TryParse(sid, out var session)
        )
        {
            return new(new(client), new(user), new(session));
        }

        return null;
    }

    private static JsonWebToken? Read(string token)
    {
        try
        {
            return token.Length <= LongestToken && _handler.CanReadToken(token) ? new JsonWebToken(token) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private TokenValidationParameters Parameters(SecurityKey key) =>
        new()
        {
            IssuerSigningKey = key,
            CryptoProviderFactory = key.CryptoProviderFactory,
            ValidTypes = [Type],
            ValidIssuer = options.Issuer,
            // Compared with the registered clients afterwards.
            ValidateAudience = false,
            ValidateLifetime = false,
        };

    private string Write(IdentityClaims claims, TenantId tenant, ClientGrant grant, string? nonce, string accessToken)
    {
        var now = time.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("sub", claims.Subject.Value);
            json.WriteString("aud", grant.Client.Value);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + options.Lifetime).ToUnixTimeSeconds());
            json.WriteNumber("auth_time", grant.AuthTime!.Value.ToUnixTimeSeconds());
            json.WriteString("sid", grant.OpenedBy!.Value.Value);
            json.WriteString("at_hash", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16)));
            json.WriteString("tenant_id", tenant.Value);
            WriteOptional(json, claims, nonce);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteOptional(Utf8JsonWriter json, IdentityClaims claims, string? nonce)
    {
        if (nonce is not null)
        {
            json.WriteString("nonce", nonce);
        }

        if (claims.Name is { } name)
        {
            json.WriteString("name", name);
            json.WriteString("preferred_username", name);
        }

        if (claims.Email is { } email)
        {
            json.WriteString("email", email);
            json.WriteBoolean("email_verified", claims.EmailVerified == true);
        }
    }
}

/// <summary>Who wants to leave what.</summary>
internal sealed record IdTokenHint(OAuthClientId Client, UserId User, SessionId Session);
