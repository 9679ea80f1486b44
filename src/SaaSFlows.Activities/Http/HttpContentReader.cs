using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Activities.Http;

/// <summary>Reads a response's body as JSON or text.</summary>
internal static class HttpContentReader
{
    private static readonly JsonElement Null = JsonElement.Parse("null");

    /// <param name="Body">JSON, or the text as a JSON string; null for an empty body and where there is a problem that leaves nothing.</param>
    /// <param name="Problem">Why the body could not be read as wanted, to follow "but"; null if it could.</param>
    /// <param name="BrokenAt">Where JSON holds a text that is not Unicode; null if nowhere.</param>
    public readonly record struct Content(JsonElement Body, string? Problem, string? BrokenAt = null)
    {
        /// <summary>True if the bytes are no text that we can read.</summary>
        public bool IsUnreadable { get; init; }
    }

    /// <param name="wanted"><c>auto</c>, <c>json</c> or <c>text</c>.</param>
    public static Content Read(HttpAnswer.Response response, string wanted)
    {
        if (response.Body.IsEmpty)
        {
            return new Content(wanted == "text" ? Text("") : Null, null);
        }

        var contentType = response
            .Headers.FirstOrDefault(header => header.Key.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase))
            .Value;
        var mediaType = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed : null;
        if (Charsets.Find(mediaType?.Charset.Value) is not { } encoding)
        {
            return new Content(Null, $"the charset of the body ({contentType}) is not known") { IsUnreadable = true };
        }

        if (Charsets.Decode(response.Body.Span, encoding) is not { } text)
        {
            return new Content(Null, $"the body ({contentType ?? "of no type"}) is not text in {encoding.WebName}") { IsUnreadable = true };
        }

        if (wanted == "text")
        {
            return new Content(Text(text), null);
        }

        if (text.Length == 0)
        {
            return new Content(Null, null);
        }

        if (wanted != "json" && !IsJson(mediaType))
        {
            return new Content(Text(text), null);
        }

        if (TryParse(text, out var json))
        {
            return UnicodeCheck.FirstProblem(JsonMarshal.GetRawUtf8Value(json)) is { } place
                ? new Content(Null, $"{place} {UnicodeCheck.Problem.TrimEnd('.')}", place)
                : new Content(json, null);
        }

        // Half an answer that was cut off is none, and no text either.
        return new Content(Text(text), "the body is not JSON");
    }

    /// <summary>Whether text is a JSON object or list: what a text body that is meant as JSON looks like.</summary>
    public static bool IsJsonDocument(string text) =>
        text.AsSpan().TrimStart() is ['{' or '[', ..] && TryParse(text, out var json) && UnicodeCheck.IsValid(JsonMarshal.GetRawUtf8Value(json));

    private static bool IsJson(MediaTypeHeaderValue? mediaType) =>
        mediaType is not null
        && (
            mediaType.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || mediaType.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
        );

    private static bool TryParse(string text, out JsonElement json)
    {
        try
        {
            json = JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            json = default;
            return false;
        }
    }

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text);
}
