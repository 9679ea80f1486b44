using System.Text.Json;

namespace SaaSFlows.Activities.Http;

/// <summary>What is wrong with a request as it is written, so that it could only fail. What templates make of it is seen when it runs.</summary>
internal static class HttpRequestRules
{
    public static IEnumerable<string> Problems(JsonElement config)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (
            config.At("headers") is { ValueKind: JsonValueKind.Object } written
            && !HasTemplate(written)
            && HttpRequestReader.ReadPairs(written, "headers", headers) is { } failure
        )
        {
            yield return failure.Message;
        }

        foreach (var header in headers.Where(header => !IsToken(header.Key)))
        {
            yield return $"'headers': '{header.Key}' can't be the name of a header: it may have letters, digits and !#$%&'*+-.^_`|~ only.";
        }

        var contentType = headers.FindLast(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        if (
            contentType is not null
            && config.At("body") is var body
            && !HasTemplate(body)
            && !HttpBody.TryRead(body, contentType, out _, out var wrong)
        )
        {
            yield return wrong.Message;
        }
    }

    private static bool HasTemplate(JsonElement value) =>
        value.ValueKind != JsonValueKind.Undefined && value.GetRawText().Contains("{{", StringComparison.Ordinal);

    // RFC 9110, 5.6.2.
    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));
}
