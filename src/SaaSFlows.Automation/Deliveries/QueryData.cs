using System.Text.Json;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>Turns query parameters into data: a text, or a list of texts if the name is repeated.</summary>
public static class QueryData
{
    /// <summary>Writes each parameter as a property.</summary>
    public static void WriteParameters(this Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string[]>> parameters)
    {
        foreach (var (name, values) in parameters)
        {
            writer.WritePropertyName(name);
            if (values is [var only])
            {
                writer.WriteStringValue(only);
                continue;
            }

            writer.WriteStartArray();
            Array.ForEach(values, writer.WriteStringValue);
            writer.WriteEndArray();
        }
    }
}
