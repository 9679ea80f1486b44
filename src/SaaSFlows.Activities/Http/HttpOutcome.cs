using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Http;

/// <summary>What a node makes of a service's answer: any status from 200 to 299 is a success.</summary>
internal static class HttpOutcome
{
    /// <param name="wanted"><c>auto</c>, <c>json</c> or <c>text</c>.</param>
    public static ActivityResult Of(IActivityContext context, HttpCall call, HttpAnswer.Response response, string wanted)
    {
        // The path is left out: services such as chat hooks carry their secret there.
        context.Log(
            string.Create(CultureInfo.InvariantCulture, $"{call.Method} {call.Url.Host}: {response.Status}, {response.Body.Length:N0} bytes.")
        );
        var content = HttpContentReader.Read(response, wanted);
        var output = Output(response, content.Body);
        if (response.Status is < 200 or > 299)
        {
            var reason = ReasonPhrases.GetReasonPhrase(response.Status);
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"{call.Url.Host} answered with status {response.Status}{(reason.Length > 0 ? $" ({reason})" : "")}."
            );
            return new ActivityResult.Failed("http.status", message, IsTemporary(response.Status))
            {
                Detail = output,
                RetryAfter = IsTemporary(response.Status) ? RetryAfter(response, context.Now) : null,
            };
        }

        return content.Problem is null
            ? new ActivityResult.Completed("success", output)
            : new ActivityResult.Failed(
                content.IsUnreadable ? "http.not_text"
                    : content.BrokenAt is not null ? "http.not_unicode"
                    : "http.not_json",
                $"{call.Url.Host} answered well, but {content.Problem}.",
                Retryable: false
            )
            {
                Detail = output,
            };
    }

    // RFC 9110, 10.2.3: seconds, or a date by the clock of who answers.
    private static TimeSpan? RetryAfter(HttpAnswer.Response response, DateTimeOffset now)
    {
        if (Header(response, HeaderNames.RetryAfter)?.Trim() is not { } wanted)
        {
            return null;
        }

        return HeaderUtilities.TryParseNonNegativeInt32(wanted, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : wanted.All(char.IsAsciiDigit) && wanted.Length > 0 ? TimeSpan.FromSeconds(int.MaxValue)
            : !HeaderUtilities.TryParseDate(wanted, out var at) ? null
            : at - (HeaderUtilities.TryParseDate(Header(response, HeaderNames.Date), out var theirs) ? theirs : now);
    }

    private static string? Header(HttpAnswer.Response response, string name) =>
        response.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static JsonElement Output(HttpAnswer.Response response, JsonElement body)
    {
        var headers = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in response.Headers)
        {
            var key = name.ToLowerInvariant();
            headers[key] = headers.TryGetValue(key, out var earlier) ? $"{earlier}, {value}" : value;
        }

        return JsonSerializer.SerializeToElement(
            new
            {
                status = response.Status,
                headers,
                body,
            }
        );
    }

    /// <summary>A good answer whose body is after the schema that the node gives; undefined without one.</summary>
    public static JsonElement Example(IActivityContext context) =>
        SchemaExample.Of(context.Config.Raw("output_schema")) is { ValueKind: not JsonValueKind.Undefined } body
            ? Output(new(200, [], default), body)
            : default;

    private static bool IsTemporary(int status) => status is 408 or 425 or 429 or (>= 500 and <= 599);
}
