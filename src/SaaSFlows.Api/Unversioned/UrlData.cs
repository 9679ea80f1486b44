using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Deliveries;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Parameters of an address as a start's data: texts, and lists of texts where one is named more than once.</summary>
internal static class UrlData
{
    public static Read<Box> Of(HttpRequest request) => Merged(request, null);

    /// <summary>With the fields of the body, a JSON object or nothing, which win over parameters of the same name.</summary>
    public static async Task<Read<Box>> WithBodyAsync(HttpContext http) =>
        (await RequestBody.ReadAsync<Dictionary<string, JsonElement>>(http, optional: true)).Match(body => Merged(http.Request, body), Read<Box>.No);

    private static Read<Box> Merged(HttpRequest request, Dictionary<string, JsonElement>? body) =>
        RawQuery.TryRead(request, out var query) ? Read<Box>.Yes(new(query, Merge(query, body))) : Read<Box>.No(RawQuery.NotUtf8);

    private static JsonElement Merge(IReadOnlyList<KeyValuePair<string, string[]>> query, Dictionary<string, JsonElement>? body)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteParameters(query.Where(parameter => body?.ContainsKey(parameter.Key) != true));
            foreach (var (name, value) in body ?? [])
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <param name="Query">The parameters alone.</param>
    internal sealed record Box(IReadOnlyList<KeyValuePair<string, string[]>> Query, JsonElement Data);
}
