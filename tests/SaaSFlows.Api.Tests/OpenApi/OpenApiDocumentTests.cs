using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests.OpenApi;

/// <summary>
/// The OpenAPI document says of each route who may use it, how a request and an answer look, and which errors there are. Answers themselves are
/// compared by <see cref="Contract"/>.
/// </summary>
public sealed class OpenApiDocumentTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly string[] Forms = ["application/x-www-form-urlencoded"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_operation_is_described() => Assert.DoesNotContain(Contract.Operations, operation => !operation.IsDescribed);

    [Fact]
    public void Each_operation_says_what_its_route_needs()
    {
        var problems = new List<string>();
        foreach (var (operation, endpoint) in Described())
        {
            var (access, sentence) = Access(endpoint);
            if (!operation.Json.TryGetProperty("x-permission", out var said) || said.GetString() != access)
            {
                problems.Add($"{operation.Method} {operation.Template}: x-permission is not {access}");
            }

            if (
                !operation.Json.TryGetProperty("description", out var description)
                || !description.GetString()!.Contains(sentence, StringComparison.Ordinal)
            )
            {
                problems.Add($"{operation.Method} {operation.Template}: the description lacks '{sentence}'");
            }

            var schemes = operation.Json.TryGetProperty("security", out var own)
                ? own.EnumerateArray().SelectMany(scheme => scheme.EnumerateObject()).Select(scheme => scheme.Name).ToList()
                : ["apiKey"];
            if ((schemes.Count == 0) != (access == "public") || (access == "session" && schemes.Contains("apiKey")))
            {
                problems.Add($"{operation.Method} {operation.Template}: security does not fit {access}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void Each_operation_names_the_errors_that_its_route_can_answer()
    {
        var problems =
            from pair in Described()
            from status in Errors(pair.Operation, pair.Endpoint)
            where pair.Operation.Response(status) is null
            select $"{pair.Operation.Method} {pair.Operation.Template} lacks {status}";

        Assert.Empty(problems);
    }

    [Fact]
    public void Each_body_has_an_example_that_fits_its_schema()
    {
        var problems = new List<string>();
        foreach (var operation in Contract.Operations.Where(operation => operation.IsDescribed))
        {
            foreach (var (place, type, content) in Bodies(operation))
            {
                var examples = Contract.Examples(content).ToList();
                if (examples.Count == 0 && (type == "application/json" || type == "text/event-stream" || Forms.Contains(type)))
                {
                    problems.Add($"{operation.Method} {operation.Template} {place}: no example");
                }

                problems.AddRange(
                    examples
                        .Select(example => Contract.Problems(content.GetProperty("schema"), example))
                        .Where(wrong => wrong.Count > 0)
                        .Select(wrong => $"{operation.Method} {operation.Template} {place}: {string.Join("; ", wrong)}")
                );
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task A_linter_finds_nothing_wrong_with_the_document()
    {
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, Ct);
        var script = Path.Combine(root, "tests", "SaaSFlows.Api.Tests", "OpenApi", "lint.mjs");
        using var node = Process.Start(
            new ProcessStartInfo("node", [script, Path.Combine(root, "src", "SaaSFlows.Api", "openapi.json")]) { RedirectStandardOutput = true }
        )!;
        var found = await node.StandardOutput.ReadToEndAsync(Ct);
        await node.WaitForExitAsync(Ct);

        Assert.True(node.ExitCode == 0, found);
    }

    private IEnumerable<(Operation Operation, Endpoint Endpoint)> Described()
    {
        var endpoints = host
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => !GrpcCalls.IsGrpc(endpoint))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Select(method => (Route: $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}", Endpoint: endpoint))
            )
            .ToDictionary(pair => pair.Route, pair => pair.Endpoint);
        return Contract
            .Operations.Where(operation => operation.IsDescribed)
            .Select(operation => (operation, (Endpoint)endpoints[$"{operation.Method} {operation.Template}"]));
    }

    private static (string Access, string Sentence) Access(Endpoint endpoint) =>
        endpoint.Metadata.GetRequiredMetadata<AccessRule>() switch
        {
            AccessRule.Public => ("public", "Open to everybody."),
            AccessRule.Holder holder => (holder.Permission, $"Needs the permission `{holder.Permission}`."),
            _ when endpoint
                    .Metadata.GetOrderedMetadata<AuthorizationPolicy>()
                    .SelectMany(policy => policy.Requirements)
                    .OfType<SessionRequirement>()
                    .Any() => ("session", "Needs a sign-in: API keys and client credentials will not do."),
            _ => ("signed_in", "Needs a sign-in or an API key; every role will do."),
        };

    private static IEnumerable<int> Errors(Operation operation, Endpoint endpoint)
    {
        var access = Access(endpoint).Access;
        var types = operation.Json.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().Select(content => content.Name).ToList()
            : [];
        int[] byAccess = access switch
        {
            "public" => [],
            "signed_in" => [401],
            _ => [401, 403],
        };
        int[] byBody = types.Contains("application/json") ? [400, 413, 415] : [];
        int[] byRate = endpoint.Metadata.GetMetadata<DisableRateLimitingAttribute>() is null ? [429] : [];
        return [.. byAccess, .. byBody, .. byRate];
    }

    private static IEnumerable<(string Place, string Type, JsonElement Content)> Bodies(Operation operation)
    {
        var request = operation.Json.TryGetProperty("requestBody", out var body) ? Contents("request", body) : [];
        return request.Concat(
            operation.Json.GetProperty("responses").EnumerateObject().SelectMany(response => Contents(response.Name, response.Value))
        );
    }

    private static IEnumerable<(string Place, string Type, JsonElement Content)> Contents(string place, JsonElement part) =>
        Contract.Resolve(part).TryGetProperty("content", out var content)
            ? content.EnumerateObject().Select(type => (place, type.Name, type.Value))
            : [];
}
