using System.Globalization;
using System.Text.Json;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>Finds unknown fields of a graph. Only new input is checked; a stored draft keeps its fields.</summary>
internal static class DefinitionNames
{
    private static readonly string[] Fields = ["nodes", "connections", "global_variables", "settings"];
    private static readonly string[] OfSteps = ["version", "variables"];

    public static void Check(JsonElement definition, Dictionary<string, string> errors)
    {
        try
        {
            CheckFields(definition, errors);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which the reader reports.
        }
    }

    private static void CheckFields(JsonElement definition, Dictionary<string, string> errors)
    {
        foreach (var field in Others(definition, Fields))
        {
            errors.TryAdd(
                field,
                OfSteps.Contains(field) ? "belongs to the steps form; a graph has global_variables." : FieldNames.Unknown(field, Fields)
            );
        }

        if (definition.TryGetProperty("settings", out var settings))
        {
            Check(settings, ["on_failure", "concurrency"], "settings.", errors);
        }

        if (definition.TryGetProperty("nodes", out var nodes) && nodes.ValueKind == JsonValueKind.Object)
        {
            foreach (var node in nodes.EnumerateObject())
            {
                Check(node.Value, WorkflowDefinition.NodeFields, $"nodes.{node.Name}.", errors);
                if (node.Value.ValueKind == JsonValueKind.Object && node.Value.TryGetProperty("retry", out var retry))
                {
                    Check(retry, WorkflowDefinition.RetryFields, $"nodes.{node.Name}.retry.", errors);
                }
            }
        }

        if (definition.TryGetProperty("connections", out var connections) && connections.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, connection) in connections.EnumerateArray().Index())
            {
                Check(connection, WorkflowDefinition.ConnectionFields, string.Create(CultureInfo.InvariantCulture, $"connections[{index}]."), errors);
            }
        }
    }

    private static void Check(JsonElement part, IEnumerable<string> known, string path, Dictionary<string, string> errors)
    {
        foreach (var field in Others(part, known))
        {
            errors.TryAdd(path + field, FieldNames.Unknown(field, known));
        }
    }

    private static IEnumerable<string> Others(JsonElement part, IEnumerable<string> known) =>
        part.ValueKind == JsonValueKind.Object ? part.EnumerateObject().Select(field => field.Name).Where(name => !known.Contains(name)) : [];
}
