using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Parameters of an address as a start's data: texts, and lists of texts where one is named more than once.</summary>
internal static class UrlData
{
    public static JsonElement Of(IQueryCollection query) => Merge(query, default);

    /// <summary>With the fields of the body, a JSON object or nothing, which win over parameters of the same name.</summary>
    public static async Task<Read<Box>> WithBodyAsync(HttpContext http) =>
        (await RequestBody.ReadAsync<Dictionary<string, JsonElement>>(http, optional: true)).Match(
            body => Read<Box>.Yes(new(Merge(http.Request.Query, body))), Read<Box>.No);

    private static JsonElement Merge(IQueryCollection query, Dictionary<string, JsonElement>? body)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in query.Where(parameter => body?.ContainsKey(parameter.Key) != true))
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize<object?>(writer, values.Count == 1 ? values[0] : values.ToArray());
            }

            foreach (var (name, value) in body ?? [])
            {
                writer.WritePropertyName(name);
                // As it came: half a surrogate pair can't be written anew.
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    internal sealed record Box(JsonElement Data);
}
