using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Activities;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Steps;

/// <summary>Converts a definition in the steps form to nodes and connections. An instance reads one definition.</summary>
/// <param name="limit">The maximum number of steps.</param>
internal sealed partial class StepsReader(ActivityCatalogue catalogue, int limit)
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private readonly OrderedDictionary<string, (JsonElement Json, string Path, string Type)> steps = new(StringComparer.Ordinal);
    private readonly List<StepEdge> edges = [];
    private readonly Dictionary<string, string> errors = [];

    /// <summary>The problems by the path of the field.</summary>
    public IReadOnlyDictionary<string, string> Errors => errors;

    /// <summary>The same definition as <c>nodes</c> and <c>connections</c>; empty if there are errors.</summary>
    public JsonElement Read(JsonElement definition)
    {
        try
        {
            RefuseOthers(definition, StepsForm.Fields, "");
            if (
                definition.TryGetProperty("version", out var version)
                && !(version.ValueKind == JsonValueKind.String && version.ValueEquals(StepsForm.Version))
            )
            {
                errors["version"] = $"must be \"{StepsForm.Version}\".";
            }

            ReadSteps(definition.GetProperty("steps"));
            if (errors.Count == 0)
            {
                ReadEdges(definition);
            }

            return errors.Count == 0 ? Graph(definition) : Empty;
        }
        catch (Exception error) when (error is InvalidOperationException or JsonException)
        {
            // System.Text.Json throws for an escape such as \ud800, which is half of a surrogate pair.
            errors["steps"] = "The definition holds text that is not valid Unicode.";
            return Empty;
        }
    }

    /// <summary>Returns the path in the definition of a field of the resulting graph.</summary>
    public string FieldOf(string field)
    {
        // Ids can contain dots, so the longest matching id is meant.
        var id = steps
            .Keys.Where(one => field == $"nodes.{one}" || field.StartsWith($"nodes.{one}.", StringComparison.Ordinal))
            .MaxBy(one => one.Length);
        return id is not null ? steps[id].Path + field[("nodes.".Length + id.Length)..]
            : field.Length == 0 ? "steps"
            : field == "global_variables" ? "variables"
            : field;
    }

    // Node ids are part of idempotency keys and headers, so few characters are allowed.
    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,100}\z")]
    private static partial Regex PlainId();

    private void ReadSteps(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            errors["steps"] = "must be an array.";
        }
        else if (array.GetArrayLength() is var count && count > limit)
        {
            errors["steps"] = string.Create(CultureInfo.InvariantCulture, $"has {count:N0} entries; the limit is {limit:N0}.");
        }
        else
        {
            foreach (var (index, step) in array.EnumerateArray().Index())
            {
                ReadStep(step, string.Create(CultureInfo.InvariantCulture, $"steps[{index}]"));
            }
        }
    }

    private void ReadStep(JsonElement step, string path)
    {
        if (step.ValueKind != JsonValueKind.Object)
        {
            errors[path] = "must be an object.";
            return;
        }

        RefuseOthers(step, StepsForm.StepFields, path + ".");
        var id = Text(step, "id", path);
        var type = Text(step, "type", path);
        if (id is not null && !PlainId().IsMatch(id))
        {
            errors[path + ".id"] = "must be 1 to 100 letters, digits, '_', '-' or '.'.";
        }
        else if (id is not null && !steps.TryAdd(id, (step, path, StepsForm.NodeType(type ?? ""))))
        {
            errors[path + ".id"] = $"is also the id of {steps[id].Path}: '{id}'.";
        }

        Check(step, "name", JsonValueKind.String, path);
        Check(step, "config", JsonValueKind.Object, path);
    }

    /// <summary>Connections first: their order is the order of branches.</summary>
    private void ReadEdges(JsonElement definition)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var (index, connection) in Entries(definition, "connections", "connections"))
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"connections[{index}]");
            if (connection.ValueKind != JsonValueKind.Object)
            {
                errors[path] = "must be an object.";
                continue;
            }

            RefuseOthers(connection, StepsForm.ConnectionFields, path + ".");
            Add(Known(Text(connection, "from", path), path + ".from"), Known(Text(connection, "to", path), path + ".to"), path);
        }

        foreach (var (id, step) in steps)
        {
            foreach (var (index, before) in Entries(step.Json, "depends_on", step.Path + ".depends_on"))
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"{step.Path}.depends_on[{index}]");
                if (before.ValueKind != JsonValueKind.String)
                {
                    errors[path] = "must be the id of a step.";
                    continue;
                }

                Add(Known(before.GetString(), path), id, path);
            }
        }

        if (errors.Count == 0 && StepOrder.FindCycle(steps.Keys, edges) is [.., var last] cycle)
        {
            errors[last.Path] = $"closes a cycle: {string.Join(" → ", cycle.Select(edge => edge.From).Append(last.To))}.";
        }

        void Add(string? from, string? to, string path)
        {
            if (from is not null && to is not null && seen.Add((from, to)))
            {
                edges.Add(new(from, to, path));
            }
        }
    }

    private JsonElement Graph(JsonElement definition)
    {
        var (nodes, lines) = WithUnsaid();
        var places = StepLayout.Place([.. nodes.Keys], lines);
        var graph = new Dictionary<string, object>
        {
            ["nodes"] = new OrderedDictionary<string, object>(
                nodes.Select(node => KeyValuePair.Create(node.Key, (object)Placed(node.Value, places[node.Key])))
            ),
            ["connections"] = lines.Select(line => new
            {
                from_node_id = line.From,
                from_port_name = PortOf(line.From),
                to_node_id = line.To,
            }),
        };
        Copy(definition, "variables", graph, "global_variables");
        Copy(definition, "settings", graph, "settings");
        return JsonSerializer.SerializeToElement(graph);
    }

    /// <summary>Adds the implied nodes: the manual trigger before the first steps, and a merge before each step with several dependencies.</summary>
    private (OrderedDictionary<string, Dictionary<string, object>> Nodes, List<StepEdge> Lines) WithUnsaid()
    {
        var nodes = new OrderedDictionary<string, Dictionary<string, object>>(StringComparer.Ordinal);
        var lines = new List<StepEdge>();
        var into = edges.ToLookup(edge => edge.To);
        if (!steps.Values.Any(step => Is(step.Type, descriptor => descriptor.IsTrigger)))
        {
            var start = Free(StepsForm.Start);
            nodes[start] = Node(NodeTypes.TriggerManual, StepsForm.StartLabel);
            lines.AddRange(steps.Keys.Where(id => !into.Contains(id)).Select(id => new StepEdge(start, id, "")));
        }

        var joins = new Dictionary<string, string>();
        foreach (var (id, step) in steps)
        {
            if (into[id].Skip(1).Any() && !Is(step.Type, descriptor => descriptor.IsMerge))
            {
                joins[id] = Free(StepsForm.JoinId(id), nodes);
                nodes[joins[id]] = Node("flow_merge", StepsForm.JoinLabel);
            }

            nodes[id] = NodeOf(id, step.Json, step.Type);
        }

        lines.AddRange(edges.Select(edge => joins.TryGetValue(edge.To, out var join) ? edge with { To = join } : edge));
        lines.AddRange(joins.Select(join => new StepEdge(join.Value, join.Key, "")));
        return (nodes, lines);
    }

    private string Free(string id, OrderedDictionary<string, Dictionary<string, object>>? made = null)
    {
        while (steps.ContainsKey(id) || made?.ContainsKey(id) == true)
        {
            id += "_";
        }

        return id;
    }

    private static Dictionary<string, object> NodeOf(string id, JsonElement step, string type)
    {
        var node = Node(type, step.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : id);
        Copy(step, "config", node, "config");
        foreach (var field in StepsForm.NodeFields)
        {
            Copy(step, field, node, field);
        }

        return node;
    }

    private static Dictionary<string, object> Node(string type, string label) => new() { ["node_type"] = type, ["label"] = label };

    private static Dictionary<string, object> Placed(Dictionary<string, object> node, (int X, int Y) place)
    {
        node["position"] = new { x = place.X, y = place.Y };
        return node;
    }

    private static void Copy(JsonElement from, string name, Dictionary<string, object> to, string newName)
    {
        if (from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            to[newName] = value;
        }
    }

    private string PortOf(string node) =>
        steps.TryGetValue(node, out var step) && catalogue.TryFind(step.Type, out var activity)
            ? activity.Descriptor.MainPortOf(step.Json.TryGetProperty("config", out var config) ? config : default) ?? "output"
            : "output";

    private bool Is(string type, Func<Engine.Activities.ActivityDescriptor, bool> what) =>
        catalogue.TryFind(type, out var activity) && what(activity.Descriptor);

    private IEnumerable<(int Index, JsonElement Entry)> Entries(JsonElement parent, string name, string path)
    {
        if (!parent.TryGetProperty(name, out var array) || array.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (array.ValueKind == JsonValueKind.Array)
        {
            return array.EnumerateArray().Index();
        }

        errors[path] = "must be an array.";
        return [];
    }

    private string? Text(JsonElement parent, string name, string path)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            errors[$"{path}.{name}"] = "is required.";
            return null;
        }

        Check(parent, name, JsonValueKind.String, path);
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private string? Known(string? id, string path)
    {
        if (id is not null && !steps.ContainsKey(id))
        {
            errors[path] = $"names a step that does not exist: '{id}'.";
        }

        return id;
    }

    private void Check(JsonElement parent, string name, JsonValueKind kind, string path)
    {
        if (parent.TryGetProperty(name, out var value) && value.ValueKind != kind && value.ValueKind != JsonValueKind.Null)
        {
            errors[$"{path}.{name}"] = kind == JsonValueKind.Object ? "must be an object." : "must be a string.";
        }
    }

    private void RefuseOthers(JsonElement parent, FrozenSet<string> known, string path)
    {
        foreach (var field in parent.EnumerateObject().Where(field => !known.Contains(field.Name)))
        {
            errors[path + field.Name] = FieldNames.Unknown(field.Name, known);
        }
    }
}
