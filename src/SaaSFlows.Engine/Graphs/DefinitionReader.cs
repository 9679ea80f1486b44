using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Reads one definition; collects every wrong field instead of stopping at the first.</summary>
internal sealed partial class DefinitionReader(ActivityCatalogue catalogue)
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}");
    private static readonly JsonElement Origin = JsonElement.Parse("""{"x":0,"y":0}""");

    private readonly List<FieldError> _errors = [];

    public DefinitionOutcome Read(JsonElement body, WorkflowDefinition current)
    {
        try
        {
            return ReadFields(body, current);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json has no gentler way to say that an escape such as \ud800 is half a character.
            return new DefinitionOutcome.Refused([new("", "The definition holds text that is not valid Unicode.")]);
        }
    }

    private DefinitionOutcome ReadFields(JsonElement body, WorkflowDefinition current)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return new DefinitionOutcome.Refused([new("", "The definition must be a JSON object.")]);
        }

        var nodes = Given(body, "nodes", JsonValueKind.Object, "") is { } givenNodes ? ReadNodes(givenNodes) : current.Nodes;
        var connections = Given(body, "connections", JsonValueKind.Array, "") is { } givenConnections
            ? ReadConnections(givenConnections, nodes)
            : current.Connections;
        var variables = Given(body, "global_variables", JsonValueKind.Object, "") ?? current.GlobalVariables;
        var settings = Given(body, "settings", JsonValueKind.Object, "") is { } givenSettings ? ReadSettings(givenSettings) : current.Settings;
        if (_errors.Count > 0)
        {
            return new DefinitionOutcome.Refused(_errors);
        }

        var definition = new WorkflowDefinition(nodes, connections, variables.Clone()) { Settings = settings };

        // Configurations hold any JSON: only writing them shows half characters.
        definition.ToUtf8Json();
        return new DefinitionOutcome.Accepted(definition);
    }

    // Node ids travel in idempotency keys and headers, so they are kept plain.
    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,100}\z")]
    private static partial Regex PlainId();

    private List<NodeDefinition> ReadNodes(JsonElement nodes)
    {
        var read = new List<NodeDefinition>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in nodes.EnumerateObject())
        {
            var path = $"nodes.{property.Name}";
            if (!PlainId().IsMatch(property.Name))
            {
                Wrong(path, "A node id has 1 to 100 letters, digits, '_', '-' or '.'.");
            }
            else if (!seen.Add(property.Name))
            {
                Wrong(path, "The node id is used twice.");
            }
            else if (property.Value.ValueKind != JsonValueKind.Object)
            {
                Wrong(path, "A node must be an object.");
            }
            else
            {
                read.Add(ReadNode(new(property.Name), property.Value, path + "."));
            }
        }

        return read;
    }

    private NodeDefinition ReadNode(NodeId id, JsonElement node, string path)
    {
        var type = RequiredText(node, "node_type", path);
        catalogue.TryFind(type, out var activity);
        var config = Given(node, "config", JsonValueKind.Object, path) ?? EmptyObject;
        return new(
            id,
            activity?.Descriptor.Type ?? type,
            OptionalText(node, "label", path) is { } label && !string.IsNullOrWhiteSpace(label) ? label : id.Value,
            ReadPosition(node, path),
            WithOurNames(config, activity?.Descriptor, path + "config."),
            OptionalFlag(node, "enabled", path) ?? true,
            OptionalText(node, "description", path),
            Given(node, "retry", JsonValueKind.Object, path) is { } retry ? ReadRetry(retry, path + "retry.") : null,
            OptionalNumber(node, "timeout_seconds", path) is { } seconds ? Seconds(seconds, path) : null,
            OptionalText(node, "on_error", path) is { } onError ? ReadOnError(onError, path) : null,
            [
                .. node.EnumerateObject()
                    .Where(field => !DefinitionWriter.NodeFields.Contains(field.Name))
                    .Select(field => KeyValuePair.Create(field.Name, field.Value.Clone())),
            ]
        );
    }

    private JsonElement ReadPosition(JsonElement node, string path)
    {
        if (Given(node, "position", JsonValueKind.Object, path) is not { } position)
        {
            return Origin;
        }

        var (x, y) = (ReadAxis(position, "x", path), ReadAxis(position, "y", path));
        return x is null || y is null ? JsonSerializer.SerializeToElement(new { x = x ?? 0, y = y ?? 0 }) : position.Clone();
    }

    private double? ReadAxis(JsonElement position, string axis, string path)
    {
        var place = OptionalNumber(position, axis, path + "position.");
        if (place is null or (> double.NegativeInfinity and < double.PositiveInfinity))
        {
            return place;
        }

        Wrong($"{path}position.{axis}", "Must be a number that fits into 64 bits.");
        return null;
    }

    private RetryDefinition ReadRetry(JsonElement retry, string path)
    {
        var attempts = OptionalNumber(retry, "max_attempts", path) ?? 1;
        if (attempts is < 1 or > int.MaxValue || attempts != Math.Floor(attempts))
        {
            Wrong(path + "max_attempts", "Must be a whole number from 1.");
            attempts = 1;
        }

        return new((int)attempts, OptionalText(retry, "backoff", path) ?? "fixed", OptionalNumber(retry, "initial_seconds", path) ?? 0);
    }

    private TimeSpan? Seconds(double seconds, string path)
    {
        if (seconds is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Wrong(path + "timeout_seconds", "Must be more than 0 and at most 86,400.");
        return null;
    }

    private ErrorHandling? ReadOnError(string text, string path)
    {
        switch (text)
        {
            case "fail":
                return ErrorHandling.Fail;
            case "continue":
                return ErrorHandling.Continue;
            case "error_port":
                return ErrorHandling.ErrorPort;
            default:
                Wrong(path + "on_error", $"Must be fail, continue or error_port, not '{text}'.");
                return null;
        }
    }

    private JsonElement WithOurNames(JsonElement config, ActivityDescriptor? descriptor, string path)
    {
        if (descriptor is null || !config.EnumerateObject().Any(field => descriptor.ConfigAliases.ContainsKey(field.Name)))
        {
            return config.Clone();
        }

        var fields = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in config.EnumerateObject())
        {
            if (!fields.TryAdd(descriptor.ConfigAliases.GetValueOrDefault(field.Name, field.Name), field.Value))
            {
                Wrong(path + field.Name, "The field is given twice, also by its other name.");
            }
        }

        return JsonSerializer.SerializeToElement(fields);
    }

    private List<ConnectionDefinition> ReadConnections(JsonElement connections, IReadOnlyList<NodeDefinition> nodes)
    {
        var aliases = nodes.ToDictionary(
            node => node.Id,
            node => catalogue.TryFind(node.Type, out var activity) ? activity.Descriptor.PortAliases : null
        );
        var read = new List<ConnectionDefinition>();
        foreach (var connection in connections.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"connections[{read.Count}]");
            if (connection.ValueKind != JsonValueKind.Object)
            {
                Wrong(path, "A connection must be an object.");
                continue;
            }

            path += ".";
            var from = new NodeId(RequiredText(connection, "from_node_id", path));
            var port = OptionalText(connection, "from_port_name", path) ?? "output";
            read.Add(
                new(
                    OptionalText(connection, "connection_id", path) ?? string.Create(CultureInfo.InvariantCulture, $"conn{read.Count + 1}"),
                    from,
                    aliases.GetValueOrDefault(from)?.GetValueOrDefault(port) ?? port,
                    new(RequiredText(connection, "to_node_id", path)),
                    OptionalText(connection, "to_port_name", path) ?? "input"
                )
            );
        }

        return read;
    }

    private string RequiredText(JsonElement parent, string name, string path)
    {
        var text = OptionalText(parent, name, path);
        if (text is null && !parent.TryGetProperty(name, out _))
        {
            Wrong(path + name, "The field is required.");
        }

        return text ?? "";
    }

    private string? OptionalText(JsonElement parent, string name, string path) => Given(parent, name, JsonValueKind.String, path)?.GetString();

    private double? OptionalNumber(JsonElement parent, string name, string path) => Given(parent, name, JsonValueKind.Number, path)?.GetDouble();

    private bool? OptionalFlag(JsonElement parent, string name, string path)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(path + name, "Must be true or false.");
        return null;
    }

    private JsonElement? Given(JsonElement parent, string name, JsonValueKind kind, string path)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == kind)
        {
            return value;
        }

        Wrong(path + name, $"Must be {(kind is JsonValueKind.Object or JsonValueKind.Array ? "an" : "a")} {kind.ToString().ToLowerInvariant()}.");
        return null;
    }

    private void Wrong(string field, string message) => _errors.Add(new(field, message));
}
