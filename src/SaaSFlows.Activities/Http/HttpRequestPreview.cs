using System.Text;
using System.Text.Json;

namespace SaaSFlows.Activities.Http;

/// <summary>A request as people may see it: what looks like a secret by its name is hidden.</summary>
internal static class HttpRequestPreview
{
    private const string Hidden = "***";

    public static JsonElement Of(HttpCall call)
    {
        var headers = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in call.Headers)
        {
            var shown = SecretNames.Contains(name) ? Hidden : value;
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {shown}" : shown;
        }

        if (call.ContentType is not null)
        {
            headers["Content-Type"] = call.ContentType;
        }

        return JsonSerializer.SerializeToElement(
            new
            {
                request = $"{call.Method} {Url(call.Url)}",
                headers,
                body = call.Body is { } body ? Body(body) : default(JsonElement?),
                timeout_seconds = call.Timeout.TotalSeconds,
            }
        );
    }

    private static JsonElement Body(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        return HttpContentReader.IsJsonDocument(text) ? JsonElement.Parse(text) : JsonSerializer.SerializeToElement(text);
    }

    private static string Url(Uri url)
    {
        var query = url
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2) is [var name, _] && SecretNames.Contains(Uri.UnescapeDataString(name)) ? $"{name}={Hidden}" : pair);
        var user = url.UserInfo.Length > 0 ? $"{Hidden}@" : "";
        var shown = string.Join('&', query);
        return $"{url.Scheme}://{user}{url.Authority}{url.AbsolutePath}{(shown.Length > 0 ? $"?{shown}" : "")}";
    }
}
