using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Api.Tests.OpenApi;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests;

/// <summary>The OpenAPI document as a judge: every answer that a test gets is compared with what the document promises for its route.</summary>
internal static partial class Contract
{
    private static readonly JsonElement Document = JsonElement.Parse(
        File.ReadAllBytes(Path.Combine(RepositoryRoot.Find()!, "src", "SaaSFlows.Api", "openapi.json"))
    );

    // What any route can answer, said once for all of them; the last is a bug, which no route promises.
    private static readonly HashSet<string?> OfNoRoute =
    [
        "tenant.not_found",
        "tenant.other_address",
        "websocket.origin",
        "request.malformed",
        "body.too_slow",
        "request.lost_race",
        "query.unknown_parameter",
        "query.repeated_parameter",
        "query.invalid_encoding",
        "internal",
        "process.overloaded",
        "requests.too_many_at_once",
        "database.unavailable",
    ];

    /// <summary>All operations, those with the fewest parameters in their path first.</summary>
    public static IReadOnlyList<Operation> Operations { get; } =
    [
        .. Document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation => new Operation(
                        operation.Name.ToUpperInvariant(),
                        path.Name,
                        new Regex("^" + Parameter().Replace(Regex.Escape(path.Name).Replace("\\{", "{", StringComparison.Ordinal), "[^/]+") + "$"),
                        operation.Value
                    ))
            )
            .OrderBy(operation => operation.Template.Count(letter => letter == '{')),
    ];

    /// <summary>"GET /api/v1/me" and so on.</summary>
    public static IEnumerable<string> Routes => Operations.Select(operation => $"{operation.Method} {operation.Template}");

    /// <summary>Fails where an answer's status, type, error code or body is not what the document says of its route.</summary>
    /// <param name="request">The request's body, for those who record answers.</param>
    public static void Check(string method, string path, int status, string contentType, string body, string? request = null)
    {
        if (Operations.FirstOrDefault(operation => operation.Method == method && operation.Path.IsMatch(path)) is not { } found)
        {
            return;
        }

        Recording.Add(found, status, contentType, request, body);
        var json = contentType.StartsWith("application/json", StringComparison.Ordinal) ? JsonElement.Parse(body) : default;
        if (OfNoRoute.Contains(Text(json, "error", "details", "reason")))
        {
            return;
        }

        var response = found.Response(status);
        Assert.True(response is not null, $"{method} {found.Template} answers {status}, which the document does not know.\n{body}");
        var content = response.Value.TryGetProperty("content", out var types) ? types : default;
        if (json.ValueKind == JsonValueKind.Undefined)
        {
            var isKnown = body.Length == 0 || (content.ValueKind == JsonValueKind.Object && content.TryGetProperty(contentType.Split(';')[0], out _));
            Assert.True(isKnown, $"{method} {found.Template} answers {status} with {contentType}, which the document does not know.");
            return;
        }

        content = content.GetProperty("application/json");
        var problems = Problems(content.GetProperty("schema"), json);
        if (
            status >= 400
            && content.TryGetProperty("examples", out var codes)
            && (Text(json, "error", "code") ?? Text(json, "error")) is { } code
            && !codes.TryGetProperty(code, out _)
        )
        {
            problems.Add($"{code} is not among the documented codes");
        }

        Assert.True(problems.Count == 0, $"{method} {found.Template} {status}: {string.Join("; ", problems)}\n{body}");
    }

    /// <summary>Where a value is not what its schema says.</summary>
    public static List<string> Problems(JsonElement schema, JsonElement value)
    {
        var problems = new List<string>();
        Compare(schema, value, "body", problems);
        return problems;
    }

    /// <summary>What a reference points to, or the part itself where it is none.</summary>
    public static JsonElement Resolve(JsonElement part) =>
        part.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(Document, (at, name) => at.GetProperty(name))
            : part;

    /// <summary>The examples of a body or an answer.</summary>
    public static IEnumerable<JsonElement> Examples(JsonElement content)
    {
        if (content.TryGetProperty("example", out var single))
        {
            return [single];
        }

        return content.TryGetProperty("examples", out var named)
            ? named.EnumerateObject().Select(example => Resolve(example.Value).GetProperty("value"))
            : [];
    }

    private static void Compare(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        schema = Resolve(schema);
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
            problems.AddRange(
                required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path} lacks {name}")
            );
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

    private static string? Text(JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            json = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var inner) ? inner : default;
        }

        return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
    }

    private static bool Fits(JsonElement schema, JsonElement value, string path)
    {
        var problems = new List<string>();
        Compare(schema, value, path, problems);
        return problems.Count == 0;
    }

    private static IEnumerable<string> Types(JsonElement type)
    {
        IEnumerable<string> names =
            type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];
        return names.SelectMany(name => name == "number" ? new[] { "number", "integer" } : [name]);
    }

    private static string TypeOf(JsonElement value) =>
        value.ValueKind switch
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

/// <summary>What the document says of a method of a path.</summary>
internal sealed record Operation(string Method, string Template, Regex Path, JsonElement Json)
{
    private JsonElement Responses => Json.GetProperty("responses");

    /// <summary>False while it does not say who may use it, or <c>default</c> stands for all its errors.</summary>
    public bool IsDescribed => Json.TryGetProperty("x-permission", out _) && !Responses.TryGetProperty("default", out _);

    /// <summary>What it answers with a status; null if it never does.</summary>
    public JsonElement? Response(int status) =>
        Responses.TryGetProperty($"{status}", out var response) || (status >= 400 && Responses.TryGetProperty("default", out response))
            ? Contract.Resolve(response)
            : null;
}
