using System.Text.Json;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Workflows;

/// <summary>A definition as bodies carry it: its fields beside the name, or in one object.</summary>
internal interface IDefinitionFields
{
    JsonElement? Nodes { get; }

    JsonElement? Connections { get; }

    JsonElement? GlobalVariables { get; }

    JsonElement? Settings { get; }

    JsonElement? Version { get; }

    JsonElement? Steps { get; }

    JsonElement? Variables { get; }

    JsonElement? Definition { get; }
}

internal static class DefinitionFields
{
    /// <summary>The definition as one object. Absent fields stay absent: the reader tells them from empty ones.</summary>
    /// <param name="problems">By field, why there is none; null if there is one.</param>
    public static JsonElement Together(this IDefinitionFields body, out Dictionary<string, string>? problems)
    {
        var fields = new Dictionary<string, JsonElement>();
        Add("nodes", body.Nodes);
        Add("connections", body.Connections);
        Add("global_variables", body.GlobalVariables);
        Add("settings", body.Settings);
        Add("version", body.Version);
        Add("steps", body.Steps);
        Add("variables", body.Variables);
        problems = null;
        if (body.Definition is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } whole)
        {
            return JsonSerializer.SerializeToElement(fields, WireJson.Options);
        }

        problems =
            whole.ValueKind != JsonValueKind.Object ? new() { ["definition"] = "must be an object." }
            : fields.Count > 0 ? fields.Keys.ToDictionary(field => field, _ => "is given beside definition; put it there.")
            : null;
        return whole;

        void Add(string name, JsonElement? value)
        {
            if (value is { ValueKind: not JsonValueKind.Undefined } given)
            {
                fields.Add(name, given);
            }
        }
    }
}
