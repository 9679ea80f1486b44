using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A node's configuration with its templates compiled. A handful of fields: looking through them beats hashing.</summary>
internal sealed class CompiledConfig
{
    // What stands before an expression that its author wrote without braces.
    private const string Opening = "{{ ";

    private readonly Field[] _fields;
    private readonly string? _expressionsIn;

    private CompiledConfig(Field[] fields, string? expressionsIn) => (_fields, _expressionsIn) = (fields, expressionsIn);

    /// <summary>Expressions that do not parse, each naming its field.</summary>
    public IEnumerable<string> Errors => _fields.Where(one => one.Error is not null).Select(one => Describe(one.Name, one.Error!));

    /// <summary>The names that its expressions read, each with its place in the configuration.</summary>
    public IEnumerable<NameReference> References =>
        _fields.SelectMany(one => one.Compiled?.References.Select(reference => Placed(one, reference)) ?? []);

    public static CompiledConfig Compile(JsonElement config, ActivityDescriptor descriptor) =>
        new(
            [
                .. config
                    .EnumerateObject()
                    .Select(field =>
                        field.Name == descriptor.JsonTextIn && field.Value.ValueKind == JsonValueKind.String
                            ? CompileJsonText(field)
                            : Compile(field, field.Name == descriptor.ExpressionsIn ? AsTemplates(field.Value) : field.Value)
                    ),
            ],
            descriptor.ExpressionsIn
        );

    /// <summary>What went wrong, with the place in the configuration.</summary>
    public static string Describe(string field, ExpressionError error) => $"{Place(field, error.Path)}: {error.Message}";

    private static string Place(string field, string path) =>
        path.Length == 0 ? field
        : path[0] == '[' ? field + path
        : $"{field}.{path}";

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
    public int? Whole(string name) =>
        Find(name).Raw is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>Seconds that its author wrote there, up to a day; null if it is something else.</summary>
    public TimeSpan? Seconds(string name) =>
        Find(name).Raw is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is > 0 and <= 86_400 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>Whether exactly this text is written there.</summary>
    public bool Says(string name, string text) => Find(name).Raw is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

    private NameReference Placed(Field field, NameReference reference)
    {
        var before = IsBare(field, reference.Path) ? Opening.Length : 0;
        return reference with { Path = Place(field.Name, reference.Path), Position = reference.Position - before, After = reference.After - before };
    }

    private bool IsBare(Field field, string path) =>
        field.Name == _expressionsIn
        && field.Raw.ValueKind == JsonValueKind.Object
        && field.Raw.TryGetProperty(path, out var text)
        && text.ValueKind == JsonValueKind.String
        && !JsonAccess.Text(text).Contains("{{", StringComparison.Ordinal);

    private static Field Compile(JsonProperty field, JsonElement value) =>
        CompiledValue.TryCompile(value, out var compiled, out var error)
            ? new(field.Name, field.Value, compiled, null)
            : new(field.Name, field.Value, null, error);

    private static Field CompileJsonText(JsonProperty field) =>
        CompiledValue.TryCompileJsonTemplate(field.Value.GetString()!, out var compiled, out var error)
            ? new(field.Name, field.Value, compiled, null)
            : new(field.Name, field.Value, null, error);

    // Text that has braces already is left as it is.
    private static JsonElement AsTemplates(JsonElement expressions) =>
        expressions.ValueKind != JsonValueKind.Object
            ? expressions
            : JsonSerializer.SerializeToElement(
                new OrderedDictionary<string, JsonElement>(
                    expressions
                        .EnumerateObject()
                        .Select(one =>
                            KeyValuePair.Create(
                                one.Name,
                                one.Value.ValueKind == JsonValueKind.String
                                && one.Value.GetString()! is var text
                                && !text.Contains("{{", StringComparison.Ordinal)
                                    ? JsonSerializer.SerializeToElement($"{Opening}{text} }}}}")
                                    : one.Value
                            )
                        )
                )
            );

    /// <param name="Raw">As its author wrote it.</param>
    /// <param name="Compiled">Null if it does not compile.</param>
    internal readonly record struct Field(string Name, JsonElement Raw, CompiledValue? Compiled, ExpressionError? Error);
}
