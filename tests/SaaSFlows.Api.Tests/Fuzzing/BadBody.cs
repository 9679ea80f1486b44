using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>Bodies that are almost what a route wants.</summary>
internal sealed class BadBody(Random random)
{
    private const int MaxDepth = 6;

    // Text that JsonNode can't hold takes the place of a mark when all is written.
    private readonly Dictionary<string, string> marks = [];

    /// <summary>A body that fits the operation, as far as the document tells; null where it takes none.</summary>
    /// <param name="ids">Real ids, by name of the field.</param>
    public static JsonNode? Good(Operation operation, IReadOnlyDictionary<string, string> ids, Random random)
    {
        if (!operation.Json.TryGetProperty("requestBody", out var body))
        {
            return null;
        }

        var content = Contract.Resolve(body).GetProperty("content").EnumerateObject().First().Value;
        var schema = content.GetProperty("schema");
        var good = Contract.Examples(content).Select(example => JsonNode.Parse(example.GetRawText())).FirstOrDefault() ?? Fitting(schema, random, 0);
        foreach (var place in Objects(good))
        {
            foreach (var name in place.Select(property => property.Key).Where(ids.ContainsKey).ToList())
            {
                place[name] = long.TryParse(ids[name], CultureInfo.InvariantCulture, out var number) ? number : ids[name];
            }
        }

        return good;
    }

    /// <summary>The body with up to three faults.</summary>
    public byte[] Spoil(JsonNode body)
    {
        for (var faults = random.Next(1, 4); faults > 0; faults--)
        {
            SpoilOnce(body);
        }

        var text = body.ToJsonString(new JsonSerializerOptions { MaxDepth = 200 });
        foreach (var (mark, raw) in marks)
        {
            text = text.Replace($"\"{mark}\"", raw, StringComparison.Ordinal);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(12) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private void SpoilOnce(JsonNode body)
    {
        var places = Objects(body).ToList();
        if (places.Count == 0)
        {
            return;
        }

        var place = places[random.Next(places.Count)];
        var names = place.Select(property => property.Key).ToList();
        var name = names.Count == 0 ? "name" : names[random.Next(names.Count)];
        switch (random.Next(8))
        {
            case 0:
                place.Remove(name);
                break;
            case 1:
                place[Mark(random.Next(2) == 0 ? "\"unknown_field\"" : "\"\\ud800\"")] = 1;
                break;
            case 2:
                place[Mark(JsonSerializer.Serialize(name))] = place[name]?.DeepClone();
                break;
            case 3:
                place[name] = new JsonArray(place[name]?.DeepClone());
                break;
            case 4:
                place[name] = Mark(Any(BadValues.Json));
                break;
            default:
                // Of the right type, so that it is not the first check that refuses it.
                place[name] = Mark(
                    Any(
                        place[name]?.GetValueKind() switch
                        {
                            JsonValueKind.String => BadValues.Strings,
                            JsonValueKind.Number => BadValues.Numbers,
                            JsonValueKind.Object => BadValues.Objects,
                            JsonValueKind.Array => BadValues.Arrays,
                            _ => BadValues.Json,
                        }
                    )
                );
                break;
        }
    }

    private string Any(IReadOnlyList<string> values) => values[random.Next(values.Count)];

    private string Mark(string raw)
    {
        var mark = $"mark-{marks.Count}-mark";
        marks[mark] = raw;
        return mark;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) =>
        node switch
        {
            JsonObject here => [here, .. here.SelectMany(property => Objects(property.Value))],
            JsonArray items => items.SelectMany(Objects),
            _ => [],
        };

    private static JsonNode? Fitting(JsonElement schema, Random random, int depth)
    {
        schema = Contract.Resolve(schema);
        if (schema.TryGetProperty("enum", out var choices))
        {
            return JsonNode.Parse(choices[random.Next(choices.GetArrayLength())].GetRawText());
        }

        if (schema.TryGetProperty("oneOf", out var alternatives) || schema.TryGetProperty("anyOf", out alternatives))
        {
            return Fitting(alternatives[random.Next(alternatives.GetArrayLength())], random, depth + 1);
        }

        var type =
            !schema.TryGetProperty("type", out var types) ? "object"
            : types.ValueKind == JsonValueKind.Array ? types[0].GetString()
            : types.GetString();
        return type switch
        {
            "object" => depth > MaxDepth ? new JsonObject() : FittingObject(schema, random, depth),
            "array" => depth > MaxDepth || !schema.TryGetProperty("items", out var items) ? [] : new JsonArray(Fitting(items, random, depth + 1)),
            "integer" => 1,
            "number" => 1.5,
            "boolean" => true,
            "null" => null,
            _ => Text(schema, random),
        };
    }

    private static string Text(JsonElement schema, Random random) =>
        (schema.TryGetProperty("format", out var format) ? format.GetString() : null) switch
        {
            "uuid" => $"{Guid.Empty}",
            "date-time" => "2030-01-31T13:00:00Z",
            "email" => $"someone{random.Next(1_000_000)}@example.com",
            "uri" => "https://example.com/x",
            _ => random.Next(2) == 0 ? "text" : "someone@example.com",
        };

    private static JsonObject FittingObject(JsonElement schema, Random random, int depth)
    {
        var body = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties))
        {
            var required = schema.TryGetProperty("required", out var names)
                ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet()
                : [];
            foreach (var property in properties.EnumerateObject().Where(property => required.Contains(property.Name) || random.Next(2) == 0))
            {
                body[property.Name] = Fitting(property.Value, random, depth + 1);
            }
        }
        else if (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
        {
            body["a"] = Fitting(others, random, depth + 1);
        }

        return body;
    }
}
