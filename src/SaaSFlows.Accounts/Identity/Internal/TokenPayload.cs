using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Writes and reads the claims of access tokens.</summary>
internal static class TokenPayload
{
    private const string WholeTenant = "*";

    public static string Write(
        Caller caller,
        SessionId session,
        AccessTokenOptions options,
        DateTimeOffset now,
        string? csrf,
        ClientGrant? grant = null
    )
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", options.Audience);
            json.WriteString("sub", caller.UserId.Value);
            json.WriteString("user_id", caller.UserId.Value);
            json.WriteString("username", caller.Username);
            json.WriteString("tenant_id", caller.TenantId.Value);
            json.WriteString("sid", session.Value);
            WriteList(json, "permissions", caller.Permissions);
            WriteCommunities(json, caller.Communities);
            if (csrf is not null)
            {
                json.WriteString("csrf", csrf);
            }

            if (grant is not null)
            {
                json.WriteString("client_id", grant.Client.Value);
                json.WriteString("scope", grant.Scope);
            }

            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + options.Lifetime).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.NewGuid());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Returns null if a claim is missing or invalid: then it is not one of our tokens, whoever signed it.</summary>
    public static ValidToken? Read(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var claims = document.RootElement;
            var caller = new Caller(
                new UserId(claims.GetProperty("user_id").GetGuid()),
                claims.GetProperty("username").GetString()!,
                new TenantId(claims.GetProperty("tenant_id").GetGuid()),
                ReadList(claims.GetProperty("permissions")),
                ReadCommunities(claims.GetProperty("communities"))
            );
            var grant = claims.TryGetProperty("client_id", out var client)
                ? ClientGrant.Of(new(client.GetGuid()), claims.GetProperty("scope").GetString()!)
                : null;
            var expires = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
            // A token of a client is not a sign-in, whatever its permissions are.
            var known = grant is null ? caller : caller with { Credential = new("client", grant.Client.ToString()) };
            return new(
                known,
                new SessionId(claims.GetProperty("sid").GetGuid()),
                expires,
                claims.TryGetProperty("csrf", out var csrf) ? csrf.GetString() : null
            )
            {
                IssuedAt = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("iat").GetInt64()),
                Grant = grant,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void WriteCommunities(Utf8JsonWriter json, CommunityAccess communities)
    {
        if (communities.IsWholeTenant)
        {
            json.WriteString("communities", WholeTenant);
            return;
        }

        json.WriteStartObject("communities");
        foreach (var (community, role) in communities.Roles)
        {
            if (role.BuiltIn is { } builtIn)
            {
                json.WriteString(community.ToString(), builtIn.Text());
                continue;
            }

            WriteList(json, community.ToString(), role.Permissions);
        }

        json.WriteEndObject();
    }

    private static CommunityAccess ReadCommunities(JsonElement communities)
    {
        if (communities.ValueKind == JsonValueKind.String && communities.ValueEquals(WholeTenant))
        {
            return CommunityAccess.WholeTenant;
        }

        return CommunityAccess.Of(
            communities
                .EnumerateObject()
                .ToDictionary(
                    entry => new CommunityId(long.Parse(entry.Name, CultureInfo.InvariantCulture)),
                    entry =>
                        entry.Value.ValueKind == JsonValueKind.Array
                            ? new MemberRole(null, null, MemberRole.Custom, ReadList(entry.Value))
                            : MemberRole.Read(entry.Value.GetString()!, null, null, null)
                )
        );
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> permissions)
    {
        json.WriteStartArray(name);
        foreach (var permission in permissions.Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(permission);
        }

        json.WriteEndArray();
    }

    private static FrozenSet<string> ReadList(JsonElement permissions) => permissions.EnumerateArray().Select(p => p.GetString()!).ToFrozenSet();
}
