using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A node's configuration with its templates compiled. A handful of fields: looking through them beats hashing.</summary>
internal sealed class CompiledConfig
{
    private readonly Field[] _fields;

    private CompiledConfig(Field[] fields) => _fields = fields;

    /// <summary>Expressions that do not parse, each naming its field.</summary>
    public IEnumerable<string> Errors => _fields.Where(one => one.Error is not null).Select(one => Describe(one.Name, one.Error!));

    public static CompiledConfig Compile(JsonElement config, ActivityDescriptor descriptor)
        => new([.. config.EnumerateObject().Select(field =>
            field.Name == descriptor.JsonTextIn && field.Value.ValueKind == JsonValueKind.String ? CompileJsonText(field)
            : Compile(field, field.Name == descriptor.ExpressionsIn ? AsTemplates(field.Value) : field.Value))]);

    /// <summary>What went wrong, with the place in the configuration.</summary>
    public static string Describe(string field, ExpressionError error)
    {
        var path = error.Path.Length == 0 ? field : error.Path[0] == '[' ? field + error.Path : $"{field}.{error.Path}";
        return $"{path}: {error.Message}";
    }

    /// <summary>The field; its value is undefined if it was not given.</summary>
    public Field Find(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return default;
    }

    /// <summary>A whole number that its author wrote there; null if it is something else.</summary>
    public int? Whole(string name) => Find(name).Raw is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>Seconds that its author wrote there, up to a day; null if it is something else.</summary>
    public TimeSpan? Seconds(string name)
        => Find(name).Raw is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whether exactly this text is written there.</summary>
    public bool Says(string name, string text) => Find(name).Raw is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

    private static Field Compile(JsonProperty field, JsonElement value)
        => CompiledValue.TryCompile(value, out var compiled, out var error)
            ? new(field.Name, field.Value, compiled, null)
            : new(field.Name, field.Value, null, error);

    private static Field CompileJsonText(JsonProperty field)
        => CompiledValue.TryCompileJsonTemplate(field.Value.GetString()!, out var compiled, out var error)
            ? new(field.Name, field.Value, compiled, null)
            : new(field.Name, field.Value, null, error);

    // Text that has braces already is left as it is.
    private static JsonElement AsTemplates(JsonElement expressions)
        => expressions.ValueKind != JsonValueKind.Object
            ? expressions
            : JsonSerializer.SerializeToElement(new OrderedDictionary<string, JsonElement>(expressions.EnumerateObject().Select(one => KeyValuePair.Create(
                one.Name,
                one.Value.ValueKind == JsonValueKind.String && one.Value.GetString()! is var text && !text.Contains("{{", StringComparison.Ordinal)
                    ? JsonSerializer.SerializeToElement($"{{{{ {text} }}}}")
                    : one.Value))));

    /// <param name="Raw">As its author wrote it.</param>
    /// <param name="Compiled">Null if it does not compile.</param>
    internal readonly record struct Field(string Name, JsonElement Raw, CompiledValue? Compiled, ExpressionError? Error);
}
