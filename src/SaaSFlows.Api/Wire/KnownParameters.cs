using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Api.Wire;

/// <summary>
/// Refuses query parameters that a route of the API does not know, so that no misspelt filter is silently ignored. What a route knows is what the
/// OpenAPI document says: nothing else reaches it. An operation with <c>x-free-query</c> takes any.
/// </summary>
internal sealed class KnownParameters
{
    private readonly FrozenDictionary<string, string[]> known;

    /// <param name="root">The OpenAPI document.</param>
    public KnownParameters(JsonElement root)
    {
        known = (
            from path in root.GetProperty("paths").EnumerateObject()
            where path.Name.StartsWith("/api/", StringComparison.Ordinal) || path.Name == "/events"
            from operation in path.Value.EnumerateObject()
            where operation.Value.ValueKind == JsonValueKind.Object && !operation.Value.TryGetProperty("x-free-query", out _)
            select KeyValuePair.Create(Key(operation.Name, path.Name), Names(root, path.Value).Concat(Names(root, operation.Value)).ToArray())
        ).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (
            !http.Request.QueryString.HasValue
            || http.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } template }
            || !known.TryGetValue(
                Key(HttpMethods.IsHead(http.Request.Method) ? HttpMethods.Get : http.Request.Method, $"/{template.Trim('/')}"),
                out var names
            )
        )
        {
            return next(http);
        }

        if (!RawQuery.TryRead(http.Request, out var parameters))
        {
            return RawQuery.NotUtf8.ExecuteAsync(http);
        }

        var unknown = parameters
            .Where(one => !names.Contains(one.Key))
            .ToDictionary(one => one.Key, one => FieldNames.Unknown(one.Key, names, "parameter"));
        if (unknown.Count > 0)
        {
            return Answers.FieldErrors("query.unknown_parameter", unknown).ExecuteAsync(http);
        }

        var repeated = parameters.Where(one => one.Value.Length > 1).ToDictionary(one => one.Key, _ => "is given more than once.");
        return repeated.Count > 0 ? Answers.FieldErrors("query.repeated_parameter", repeated).ExecuteAsync(http) : next(http);
    }

    private static string Key(string method, string path) => $"{method} {path}";

    private static IEnumerable<string> Names(JsonElement root, JsonElement owner) =>
        from parameter in owner.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default
        let resolved = parameter.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(root, (at, name) => at.GetProperty(name))
            : parameter
        where resolved.GetProperty("in").GetString() == "query"
        select resolved.GetProperty("name").GetString()!;
}
