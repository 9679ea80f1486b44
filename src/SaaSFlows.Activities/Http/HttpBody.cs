using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Activities.Http;

/// <summary>What a request carries: text as it is, everything else in the form that its content type names.</summary>
/// <param name="Bytes">Null for none.</param>
/// <param name="ContentType">The author's; else what fits; null if there is neither.</param>
internal readonly record struct HttpBody(ReadOnlyMemory<byte>? Bytes, string? ContentType)
{
    private const string Json = "application/json";

    /// <param name="contentType">The author's; null for none.</param>
    public static bool TryRead(JsonElement value, string? contentType, out HttpBody body, [NotNullWhen(false)] out ActivityResult.Failed? failure)
    {
        body = new(null, contentType);
        failure = null;
        if (value.IsMissing())
        {
            return true;
        }

        var mediaType = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed : null;
        var (isForm, isMultipart) = (Is(mediaType, "application/x-www-form-urlencoded"), Is(mediaType, "multipart/form-data"));
        if (
            value.ValueKind == JsonValueKind.String
            && (isForm || isMultipart)
            && HttpContentReader.IsJsonDocument(value.GetString()!)
            && JsonElement.Parse(value.GetString()!) is { ValueKind: JsonValueKind.Object } written
            && HttpRequestReader.ReadPairs(written, "body", []) is null
        )
        {
            // Its author wrote the fields as JSON. What is no list of fields is sent as it is.
            value = written;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            return TryEncode(
                text,
                mediaType,
                contentType ?? (HttpContentReader.IsJsonDocument(text) ? Json : "text/plain; charset=utf-8"),
                out body,
                out failure
            );
        }

        if (!isForm && !isMultipart)
        {
            return TryEncode(value.GetRawText(), mediaType, contentType ?? Json, out body, out failure);
        }

        var fields = new List<KeyValuePair<string, string>>();
        failure = HttpRequestReader.ReadPairs(value, "body", fields);
        body =
            failure is not null ? default
            : isForm ? new(Encoding.UTF8.GetBytes(Form(fields)), contentType)
            : Multipart(fields, value);
        return failure is null;
    }

    private static bool Is(MediaTypeHeaderValue? mediaType, string name) =>
        mediaType?.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase) == true;

    private static bool TryEncode(
        string text,
        MediaTypeHeaderValue? mediaType,
        string contentType,
        out HttpBody body,
        [NotNullWhen(false)] out ActivityResult.Failed? failure
    )
    {
        var (charset, wrong) = (mediaType?.Charset.Value, "is not known");
        try
        {
            if (Charsets.Find(charset) is { } encoding)
            {
                wrong = "can't write all characters of the body";
                (body, failure) = (new(encoding.GetBytes(text), contentType), null);
                return true;
            }
        }
        catch (EncoderFallbackException)
        {
            // Told below: a question mark in its place would be another text.
        }

        (body, failure) = (default, new("http.bad_request", $"The charset '{charset}' of the Content-Type header {wrong}.", Retryable: false));
        return false;
    }

    private static string Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"))
            .Replace("%20", "+", StringComparison.Ordinal);

    private static HttpBody Multipart(List<KeyValuePair<string, string>> fields, JsonElement value)
    {
        // The same for each try, and nothing can hold a hash of itself.
        var boundary = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value.GetRawText())));
        var text = new StringBuilder();
        foreach (var (name, content) in fields)
        {
            text.Append("--")
                .Append(boundary)
                .Append("\r\nContent-Disposition: form-data; name=\"")
                .Append(Quoted(name))
                .Append("\"\r\n\r\n")
                .Append(content)
                .Append("\r\n");
        }

        return new(
            Encoding.UTF8.GetBytes(text.Append("--").Append(boundary).Append("--\r\n").ToString()),
            $"multipart/form-data; boundary={boundary}"
        );
    }

    // As browsers write it (WHATWG HTML, multipart/form-data).
    private static string Quoted(string name) =>
        name.Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal)
            .Replace("\"", "%22", StringComparison.Ordinal);
}
