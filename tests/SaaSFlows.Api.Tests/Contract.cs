using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Postgres.Embedded;

namespace SaaSFlows.Api.Tests;

/// <summary>The OpenAPI document as a judge: every answer that a test gets is compared with what the document promises for its route.</summary>
internal static partial class Contract
{
    private static readonly JsonElement Document =
        JsonElement.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Find()!, "src", "SaaSFlows.Api", "openapi.json")));

    private static readonly IReadOnlyList<(string Method, string Template, Regex Path, JsonElement Operation)> Operations =
    [
        .. Document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (
            operation.Name.ToUpperInvariant(),
            path.Name,
            new Regex("^" + Parameter().Replace(Regex.Escape(path.Name).Replace("\\{", "{", StringComparison.Ordinal), "[^/]+") + "$"),
            operation.Value))).OrderBy(operation => operation.Name.Count(letter => letter == '{')),
    ];

    /// <summary>"GET /api/v1/me" and so on.</summary>
    public static IEnumerable<string> Routes => Operations.Select(operation => $"{operation.Method} {operation.Template}");

    public static void Check(string method, string path, int status, string contentType, string body)
    {
        var found = Operations.FirstOrDefault(operation => operation.Method == method && operation.Path.IsMatch(path));
        if (found.Template is null || !contentType.StartsWith("application/json", StringComparison.Ordinal))
        {
            return;
        }

        var responses = found.Operation.GetProperty("responses");
        var isDocumented = responses.TryGetProperty($"{status}", out var response) || (status >= 400 && responses.TryGetProperty("default", out response));
        Assert.True(isDocumented, $"{method} {found.Template} answers {status}, which the document does not know.");
        var schema = response.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var problems = new List<string>();
        Compare(schema, JsonElement.Parse(body), "body", problems);
        Assert.True(problems.Count == 0, $"{method} {found.Template} {status}: {string.Join("; ", problems)}\n{body}");
    }

    private static void Compare(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = Document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (schema.TryGetProperty("oneOf", out var alternatives) || schema.TryGetProperty("anyOf", out alternatives))
        {
            if (!alternatives.EnumerateArray().Any(alternative => Fits(alternative, value, path)))
            {
                problems.Add($"{path} fits no alternative");
            }

            return;
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value)))
        {
            problems.Add($"{path} is {value.ValueKind}, not {type.GetRawText()}");
            return;
        }

        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
        {
            problems.Add($"{path} is {value.GetRawText()}, not one of {choices.GetRawText()}");
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Compare(items, item, $"{path}[{index}]", problems);
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CompareObject(schema, value, path, problems);
        }
    }

    private static void CompareObject(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        var isDescribed = schema.TryGetProperty("properties", out var properties);
        var hasOthers = schema.TryGetProperty("additionalProperties", out var others);
        if (schema.TryGetProperty("required", out var required))
        {
            problems.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path} lacks {name}"));
        }

        foreach (var property in value.EnumerateObject())
        {
            if (isDescribed && properties.TryGetProperty(property.Name, out var described))
            {
                Compare(described, property.Value, $"{path}.{property.Name}", problems);
            }
            else if (hasOthers && others.ValueKind == JsonValueKind.Object)
            {
                Compare(others, property.Value, $"{path}.{property.Name}", problems);
            }
            else if (isDescribed && !(hasOthers && others.ValueKind == JsonValueKind.True))
            {
                problems.Add($"{path}.{property.Name} is not documented");
            }
        }
    }

    private static bool Fits(JsonElement schema, JsonElement value, string path)
    {
        var problems = new List<string>();
        Compare(schema, value, path, problems);
        return problems.Count == 0;
    }

    private static IEnumerable<string> Types(JsonElement type)
    {
        IEnumerable<string> names = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];
        return names.SelectMany(name => name == "number" ? new[] { "number", "integer" } : [name]);
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
