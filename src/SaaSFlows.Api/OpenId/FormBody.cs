using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Api.Wire;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Api.OpenId;

/// <summary>A form as OAuth clients send it: each name once, what is empty counts as absent.</summary>
internal sealed class FormBody
{
    private const int MaxBytes = 64 * 1024;
    private const string ContentType = "application/x-www-form-urlencoded";
    private const string Basic = "Basic ";

    private readonly Dictionary<string, StringValues> fields;
    private readonly string authorization;

    private FormBody(Dictionary<string, StringValues> fields, string authorization) => (this.fields, this.authorization) = (fields, authorization);

    public string? this[string name] => fields.TryGetValue(name, out var value) && value is [{ Length: > 0 } text] ? text : null;

    /// <summary>Null for what is no such form.</summary>
    public static async Task<FormBody?> ReadAsync(HttpContext http)
    {
        if (
            http.Request.ContentType is not { } type
            || !type.Split(';')[0].Trim().Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || http.Request.ContentLength > MaxBytes
        )
        {
            return null;
        }

        var buffer = new byte[MaxBytes + 1];
        var count = await RequestBody.ReadingAsync(() =>
            http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted)
        );
        var text = count > MaxBytes ? null : Charsets.Decode(buffer.AsSpan(0, count), Charsets.Find(null)!);
        var read = text is null ? null : QueryHelpers.ParseQuery(text);
        return read is null || read.Values.Any(value => value.Count > 1) ? null : new(read, http.Request.Headers.Authorization.ToString());
    }

    /// <summary>By header or in the form (RFC 6749, 2.3.1); null for both at once, or a header that can't be read.</summary>
    public ClientCredentials? Client()
    {
        if (authorization.Length == 0)
        {
            return new(this["client_id"], this["client_secret"]);
        }

        if (
            !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            || this["client_secret"] is not null
            || Decode(authorization[Basic.Length..].Trim()) is not [var id, var secret]
        )
        {
            return null;
        }

        return this["client_id"] is { } named && named != id ? null : new(id, secret.Length == 0 ? null : secret);
    }

    private static string[]? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count)
            ? [.. Encoding.UTF8.GetString(bytes, 0, count).Split(':', 2).Select(part => Uri.UnescapeDataString(part.Replace('+', ' ')))]
            : null;
    }
}
