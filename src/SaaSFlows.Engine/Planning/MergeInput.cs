using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Planning;

/// <summary>What a merge's activity gets.</summary>
internal static class MergeInput
{
    /// <summary>The gathered values as a JSON array.</summary>
    public static JsonElement Of(List<Token> gathered)
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartArray();
        foreach (var token in gathered)
        {
            writer.WriteRawValue(
                token.Value.ValueKind == JsonValueKind.Undefined ? "null"u8 : JsonMarshal.GetRawUtf8Value(token.Value),
                skipInputValidation: true
            );
        }

        writer.WriteEndArray();
        return JsonElement.Parse(scratch.Written, JsonScratch.Nested);
    }
}
