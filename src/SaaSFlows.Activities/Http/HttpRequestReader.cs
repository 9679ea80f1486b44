using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Http;

/// <summary>Makes the request out of the node's configuration.</summary>
internal static class HttpRequestReader
{
    private const string ContentTypeHeader = "Content-Type";

    public static bool TryRead(
        IActivityContext context,
        TimeSpan defaultTimeout,
        [NotNullWhen(true)] out HttpCall? call,
        [NotNullWhen(false)] out ActivityResult.Failed? failure
    )
    {
        call = null;
        var config = context.Config;
        var headers = new List<KeyValuePair<string, string>>();
        var query = new List<KeyValuePair<string, string>>();
        failure = ReadPairs(config, "headers", headers) ?? ReadPairs(config, "query", query);
        if (failure is not null || !TryReadUrl(config.Text("url"), query, out var url, out failure))
        {
            return false;
        }

        if (!headers.Exists(header => Is(header, "Idempotency-Key")))
        {
            headers.Add(new("Idempotency-Key", context.IdempotencyKey));
        }

        var contentType = headers.FindLast(header => Is(header, ContentTypeHeader)).Value;
        headers.RemoveAll(header => Is(header, ContentTypeHeader));
        if (!HttpBody.TryRead(config.Value("body"), contentType, out var body, out failure))
        {
            return false;
        }

        var timeout = config.Value("timeout_seconds").TryNumber(out var seconds) ? TimeSpan.FromSeconds(seconds) : defaultTimeout;
        call = new HttpCall(config.Text("method") ?? "GET", url, headers, body.Bytes, body.ContentType, timeout);
        return true;
    }

    private static bool Is(KeyValuePair<string, string> header, string name) => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static ActivityResult.Failed? ReadPairs(INodeConfig config, string field, List<KeyValuePair<string, string>> pairs)
    {
        if (!config.Has(field))
        {
            return null;
        }

        return ReadPairs(config.Value(field), field, pairs);
    }

    /// <summary>Names and values that are texts, numbers or true or false; a list names its name several times.</summary>
    public static ActivityResult.Failed? ReadPairs(JsonElement value, string field, List<KeyValuePair<string, string>> pairs)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return new("http.bad_request", $"{field} must be names and values, but is {value.Shown()}.", Retryable: false);
        }

        foreach (var property in value.EnumerateObject().Where(property => !property.Value.IsMissing()))
        {
            foreach (var entry in property.Value.ValueKind == JsonValueKind.Array ? [.. property.Value.EnumerateArray()] : new[] { property.Value })
            {
                if (entry.ScalarText() is not { } text)
                {
                    return new(
                        "http.bad_request",
                        $"{field}.{property.Name} must be text, a number or true or false, but is {entry.Shown()}.",
                        Retryable: false
                    );
                }

                pairs.Add(new(property.Name, text));
            }
        }

        return null;
    }

    private static bool TryReadUrl(
        string? text,
        List<KeyValuePair<string, string>> query,
        [NotNullWhen(true)] out Uri? url,
        [NotNullWhen(false)] out ActivityResult.Failed? failure
    )
    {
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            failure = new("http.bad_url", $"url must begin with https:// or http:// and a host, but is '{text}'.", Retryable: false);
            return false;
        }

        failure = null;
        if (query.Count > 0)
        {
            var added = string.Join('&', query.Select(parameter => $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(parameter.Value)}"));
            url = new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query}&{added}" : added }.Uri;
        }

        return true;
    }
}
