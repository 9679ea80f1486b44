using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Activities.Http;

/// <summary>A request as people may see it: what looks like a secret by its name is hidden.</summary>
internal static partial class HttpRequestPreview
{
    private const string Hidden = "***";

    // Words of a name, such as X-Api-Key, access_token or clientSecret.
    private static readonly FrozenSet<string> SecretWords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "auth", "authorization", "cookie", "cookie2", "credential", "credentials", "jwt", "key", "apikey", "passwd", "password", "pwd", "secret", "sig", "signature", "token");

    public static JsonElement Of(HttpCall call)
    {
        var headers = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in call.Headers)
        {
            var shown = IsSecret(name) ? Hidden : value;
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {shown}" : shown;
        }

        if (call.ContentType is not null)
        {
            headers["Content-Type"] = call.ContentType;
        }

        return JsonSerializer.SerializeToElement(new
        {
            request = $"{call.Method} {Url(call.Url)}",
            headers,
            body = call.Body is { } body ? Body(body) : default(JsonElement?),
            timeout_seconds = call.Timeout.TotalSeconds,
        });
    }

    private static JsonElement Body(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        return HttpContentReader.IsJsonDocument(text) ? JsonElement.Parse(text) : JsonSerializer.SerializeToElement(text);
    }

    private static string Url(Uri url)
    {
        var query = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2) is [var name, _] && IsSecret(Uri.UnescapeDataString(name)) ? $"{name}={Hidden}" : pair);
        var user = url.UserInfo.Length > 0 ? $"{Hidden}@" : "";
        var shown = string.Join('&', query);
        return $"{url.Scheme}://{user}{url.Authority}{url.AbsolutePath}{(shown.Length > 0 ? $"?{shown}" : "")}";
    }

    // The idempotency key is no secret, and worth seeing.
    private static bool IsSecret(string name)
        => !name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase) && Word().Matches(name).Any(word => SecretWords.Contains(word.Value));

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
