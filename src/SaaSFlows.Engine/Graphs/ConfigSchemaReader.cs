using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Compiles the JSON of a schema into checking nodes.</summary>
internal sealed class ConfigSchemaReader
{
    private const string DefinitionPrefix = "#/$defs/";

    // Patterns are ours and short; the limit only keeps a bad one from stopping a publish.
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, ConfigSchemaNode> definitions = [];

    private ConfigSchemaReader() { }

    public static ConfigSchemaNode Read(JsonElement schema)
    {
        var reader = new ConfigSchemaReader();
        if (schema.TryGetProperty("$defs", out var definitions))
        {
            // Named first, filled later: definitions may refer to one another and to themselves.
            foreach (var definition in definitions.EnumerateObject())
            {
                reader.definitions.Add(definition.Name, new ConfigSchemaNode());
            }

            foreach (var definition in definitions.EnumerateObject())
            {
                reader.Fill(reader.definitions[definition.Name], definition.Value);
            }
        }

        return reader.Node(schema);
    }

    private ConfigSchemaNode Node(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return schema.EnumerateObject().All(keyword => keyword.Name is "$ref" or "title" or "description" or "x-widget")
                ? Definition(reference.GetString()!)
                : throw new ArgumentException("Beside '$ref' a schema may have a title, a description and a widget only.");
        }

        var node = new ConfigSchemaNode();
        Fill(node, schema);
        return node;
    }

    private ConfigSchemaNode Definition(string reference) =>
        reference.StartsWith(DefinitionPrefix, StringComparison.Ordinal)
        && definitions.TryGetValue(reference[DefinitionPrefix.Length..], out var node)
            ? node
            : throw new ArgumentException($"The schema refers to '{reference}', which is not one of its own $defs.");

    private void Fill(ConfigSchemaNode node, JsonElement schema)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            FillKeyword(node, keyword.Name, keyword.Value);
        }
    }

    private void FillKeyword(ConfigSchemaNode node, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "type":
                node.Types = value.ValueKind == JsonValueKind.Array ? [.. Names(value).Select(TypeNamed)] : [TypeNamed(value.GetString()!)];
                break;
            case "enum":
                node.Allowed = [.. value.EnumerateArray()];
                break;
            case "properties":
                node.Properties = value.EnumerateObject().ToDictionary(property => property.Name, property => Node(property.Value));
                break;
            case "required":
                node.Required = Names(value);
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
                node.Minimum = value.GetDouble();
                break;
            case "maximum":
                node.Maximum = value.GetDouble();
                break;
            case "minLength":
                node.MinLength = value.GetInt32();
                break;
            case "maxLength":
                node.MaxLength = value.GetInt32();
                break;
            case "pattern":
                node.Pattern = Pattern(value.GetString()!);
                break;
            case "items":
                node.Items = Node(value);
                break;
            case "minItems":
                node.MinItems = value.GetInt32();
                break;
            case "maxItems":
                node.MaxItems = value.GetInt32();
                break;
            case "anyOf":
                node.AnyOf = [.. value.EnumerateArray().Select(Node)];
                break;
            case "oneOf":
                node.OneOf = [.. value.EnumerateArray().Select(Node)];
                break;
            case "title":
                node.Title = value.GetString();
                break;
            case "x-literal":
                node.IsLiteral = value.GetBoolean();
                break;
            case "x-name":
                node.Name = value.GetString();
                break;
            case "x-reserved":
                node.Reserved = value.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()!);
                break;
            case "format":
                node.IsWebAddress = value.ValueEquals("uri");
                break;
            case "$defs" or "default" or "description" or "x-widget":
                break;
            default:
                throw new ArgumentException($"The schema uses '{keyword}', which is not a keyword that config schemas know.");
        }
    }

    // In JSON Schema $ is the end; in .NET it also stands before a last line break.
    private static Regex Pattern(string pattern) => new(PatternEnd.Strict(pattern), RegexOptions.ECMAScript, PatternTimeout);

    private static string[] Names(JsonElement value) => [.. value.EnumerateArray().Select(name => name.GetString()!)];

    private static ConfigSchemaType TypeNamed(string name) =>
        name switch
        {
            "string" => ConfigSchemaType.Text,
            "integer" => ConfigSchemaType.Integer,
            "number" => ConfigSchemaType.Number,
            "boolean" => ConfigSchemaType.Boolean,
            "array" => ConfigSchemaType.List,
            "object" => ConfigSchemaType.Object,
            _ => throw new ArgumentException($"The schema uses the type '{name}', which config schemas do not know."),
        };
}
