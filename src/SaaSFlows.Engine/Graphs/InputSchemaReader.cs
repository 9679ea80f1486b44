using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Engine.Graphs;

/// <summary>
/// Compiles a tenant's JSON Schema into checking nodes. What it can't enforce is refused: a rule that is not kept is worse than none.
/// </summary>
internal sealed class InputSchemaReader
{
    private const int MostParts = 500;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(250);

    private readonly Stack<string> path = new();
    private int parts;

    /// <summary>Where it stopped, as keywords and names with dots between.</summary>
    public string Path => string.Join('.', path.Reverse());

    /// <exception cref="ArgumentException">A keyword or value that can't be used; <see cref="Path"/> says where.</exception>
    public ConfigSchemaNode Node(JsonElement schema)
    {
        if (++parts > MostParts)
        {
            throw new ArgumentException($"has more than {MostParts} nested schemas.");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("must be a JSON Schema as an object.");
        }

        var node = new ConfigSchemaNode { IsData = true };
        foreach (var keyword in schema.EnumerateObject())
        {
            Within(keyword.Name, () => Fill(node, keyword.Name, keyword.Value));
        }

        return node;
    }

    private void Fill(ConfigSchemaNode node, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "type":
                node.Types = [.. value.ValueKind == JsonValueKind.Array ? Texts(value).Select(TypeNamed) : [TypeNamed(Text(value))]];
                break;
            case "enum":
                node.Allowed = Items(value).Any() ? [.. Items(value)] : throw new ArgumentException("must not be empty.");
                break;
            case "const":
                node.Allowed = [value];
                break;
            case "properties":
                node.Properties = Object(value).ToDictionary(one => one.Name, one => Within(one.Name, () => Node(one.Value)));
                break;
            case "required":
                node.Required = [.. Texts(value)];
                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.True:
                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.False:
                node.IsClosed = true;
                break;
            case "additionalProperties":
                node.Additional = Node(value);
                break;
            case "minimum":
                node.Minimum = Number(value);
                break;
            case "maximum":
                node.Maximum = Number(value);
                break;
            case "exclusiveMinimum":
                node.ExclusiveMinimum = Number(value);
                break;
            case "exclusiveMaximum":
                node.ExclusiveMaximum = Number(value);
                break;
            case "minLength":
                node.MinLength = Whole(value);
                break;
            case "maxLength":
                node.MaxLength = Whole(value);
                break;
            case "pattern":
                node.Pattern = Pattern(Text(value));
                break;
            case "items":
                node.Items = Node(value);
                break;
            case "minItems":
                node.MinItems = Whole(value);
                break;
            case "maxItems":
                node.MaxItems = Whole(value);
                break;
            case "anyOf":
                node.AnyOf = Nodes(value);
                break;
            case "oneOf":
                node.OneOf = Nodes(value);
                break;
            case "title":
                node.Title = Text(value);
                break;
            // Words for people and forms: nothing is to be enforced.
            case "$schema"
            or "$id"
            or "$comment"
            or "description"
            or "default"
            or "examples"
            or "format"
            or "deprecated"
            or "readOnly"
            or "writeOnly":
                break;
            case var _ when keyword.StartsWith("x-", StringComparison.Ordinal):
                break;
            default:
                throw new ArgumentException("is a keyword that is not supported.");
        }
    }

    private ConfigSchemaNode[] Nodes(JsonElement value)
    {
        var nodes = Items(value).Select((one, index) => Within($"{index}", () => Node(one))).ToArray();
        return nodes.Length > 0 ? nodes : throw new ArgumentException("must not be empty.");
    }

    private void Within(string name, Action work)
    {
        path.Push(name);
        work();
        path.Pop();
    }

    private ConfigSchemaNode Within(string name, Func<ConfigSchemaNode> work)
    {
        path.Push(name);
        var node = work();
        path.Pop();
        return node;
    }

    private static JsonElement.ObjectEnumerator Object(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw new ArgumentException("must be an object.");

    private static JsonElement.ArrayEnumerator Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new ArgumentException("must be a list.");

    private static IEnumerable<string> Texts(JsonElement value) => Items(value).Select(Text);

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new ArgumentException("must be text.");

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new ArgumentException("must be a number.");

    private static int Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
            ? number
            : throw new ArgumentException("must be a whole number of at least 0.");

    // Tenants write these: matched in linear time. In JSON Schema $ is the end; in .NET it also stands before a last line break.
    private static Regex Pattern(string pattern)
    {
        try
        {
            return new(PatternEnd.Strict(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (Exception error) when (error is RegexParseException or NotSupportedException)
        {
            throw new ArgumentException($"must be a regular expression without backreferences and lookarounds: {error.Message}", error);
        }
    }

    private static ConfigSchemaType TypeNamed(string name) =>
        name switch
        {
            "string" => ConfigSchemaType.Text,
            "integer" => ConfigSchemaType.Integer,
            "number" => ConfigSchemaType.Number,
            "boolean" => ConfigSchemaType.Boolean,
            "array" => ConfigSchemaType.List,
            "object" => ConfigSchemaType.Object,
            "null" => ConfigSchemaType.Null,
            _ => throw new ArgumentException($"names the type '{name}', which JSON Schema does not have."),
        };
}
