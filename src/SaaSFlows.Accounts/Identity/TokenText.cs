using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace SaaSFlows.Accounts.Identity;

/// <summary>The unchecked content of a signed token.</summary>
/// <param name="Kid">Null if it is missing or not a text.</param>
/// <param name="Audiences">One or several.</param>
/// <param name="Payload">The claims as JSON.</param>
internal sealed record TokenText(string? Algorithm, string? Type, string? Kid, string? Issuer, IReadOnlyList<string> Audiences, byte[] Payload)
{
    /// <summary>The maximum length of a token.</summary>
    public const int Longest = 8 * 1024;

    private const int Parts = 3;

    /// <summary>Parses a token. Returns null if the text does not have the form of a signed token.</summary>
    public static TokenText? Read(string token)
    {
        if (token.Length > Longest || token.Split('.', Parts + 1) is not { Length: Parts } parts)
        {
            return null;
        }

        try
        {
            var payload = Base64UrlEncoder.DecodeBytes(parts[1]);
            using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(parts[0]));
            using var claims = JsonDocument.Parse(payload);
            return new(
                Text(header.RootElement, "alg"),
                Text(header.RootElement, "typ"),
                Text(header.RootElement, "kid"),
                Text(claims.RootElement, "iss"),
                ReadAudiences(claims.RootElement),
                payload
            );
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns a text claim or header field; null if it is missing or not a text.</summary>
    public static string? Text(JsonElement all, string name) =>
        all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public override string ToString() => "***";

    private static string[] ReadAudiences(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var audience) ? []
        : audience.ValueKind == JsonValueKind.Array
            ? [.. audience.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)]
        : Text(claims, "aud") is { } one ? [one]
        : [];
}
