using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.LocalSetup;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>
/// Walks every route that names a workflow, an execution, a webhook or an approval with a restricted workflow, as an editor who was granted one thing
/// after the other, and compares whom it lets in with grants-matrix.txt. A new route? The failure says the line: judge it, and put it there.
/// </summary>
public sealed partial class RestrictedMatrixTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly string[] Rights = ["can_view", "can_edit", "can_execute", "can_delete", "can_manage_permissions"];

    private static readonly string[] Known = ["workflow_id", "execution_id", "webhook_id", "approval_id", "node_id", "id", "name"];

    private static readonly Dictionary<string, string> Body = new() { ["name"] = "Mine now" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_of_a_workflow_lets_in_those_granted_what_the_table_says()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");
        var routes = Routes().ToList();
        var lines = routes.ToDictionary(route => route, _ => new List<string>());

        Assert.All(
            await WalkAsync(owner, editor, routes, null),
            answer => Assert.True(answer is { Value: "404" }, $"{answer.Key}: {answer.Value} without a grant")
        );
        foreach (var right in Rights)
        {
            foreach (var (route, answer) in await WalkAsync(owner, editor, routes, right))
            {
                // Whoever was granted anything sees the workflow.
                Assert.True(answer != "404", $"{route} is not found with {right}");
                if (answer == "in")
                {
                    lines[route].Add(right);
                }
            }
        }

        var table = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Find()!, "tests", "SaaSFlows.Api.Tests", "grants-matrix.txt"), Ct);
        var known = table.Where(line => line.Length > 0 && line[0] != '#').ToHashSet(StringComparer.Ordinal);
        var done = lines.Select(line => $"{line.Key}: {(line.Value.Count == Rights.Length ? "all" : string.Join(' ', line.Value))}").ToList();
        Assert.True(
            known.SetEquals(done),
            $"The routes do:\n{string.Join('\n', done.Except(known))}\nand the table says:\n{string.Join('\n', known.Except(done))}"
        );
    }

    // The WebSocket answers 400 before it looks at ids; its look is the one of /stream.
    private IEnumerable<string> Routes() =>
        from source in host.Services.GetServices<EndpointDataSource>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        where !GrpcCalls.IsGrpc(endpoint) && endpoint.Metadata.GetRequiredMetadata<AccessRule>() is not AccessRule.Public
        let path = endpoint.RoutePattern.RawText!.Trim('/')
        let names = Parameter().Matches(path).Select(name => name.Groups[1].Value).ToList()
        where names.Count > 0 && names.TrueForAll(Known.Contains) && !path.EndsWith("/ws", StringComparison.Ordinal)
        // HEAD is the same endpoint as GET.
        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Where(method => method != "HEAD")
        // What ends things comes last, and the workflow after what goes with it.
        orderby method == "DELETE"
            ? names.Count == 1
                ? 2
                : 1
            : 0, path.EndsWith("/cancel", StringComparison.Ordinal), path
        select $"{method} /{path}";

    private static async Task<Dictionary<string, string>> WalkAsync(Member owner, Member editor, IEnumerable<string> routes, string? right)
    {
        var ids = await ObjectsAsync(owner);
        var grants = right is null
            ? []
            : new[]
            {
                new Dictionary<string, object> { ["user_id"] = editor.Id, [right] = true },
            };
        Assert.Equal(200, (await owner.PutAsync($"/api/v1/workflows/{ids["workflow_id"]}/permissions", new { is_restricted = true, grants })).Status);
        var answers = new Dictionary<string, string>();
        foreach (var route in routes)
        {
            // Where a body has no name, none is sent.
            answers[route] = await SendAsync(editor.Http, route, ids, Body) ?? await SendAsync(editor.Http, route, ids, []) ?? "in";
        }

        return answers;
    }

    private static async Task<Dictionary<string, string>> ObjectsAsync(Member owner)
    {
        var workflow = await owner.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                hook = Node("trigger_webhook"),
                ask = Node("action_approval", new { message = "Well?" }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "ask"), Line("hook", "ask"), Line("ask", "end", "approved"), Line("ask", "end", "rejected") }
        );
        var execution = await owner.StartAsync(workflow);
        await owner.ParkedAsync(execution);
        return new()
        {
            ["workflow_id"] = $"{workflow}",
            ["name"] = (await owner.GetAsync($"/api/v1/workflows/{workflow}")).Data.GetProperty("key").GetString()!,
            ["execution_id"] = $"{execution}",
            ["node_id"] = "ask",
            // Names either.
            ["id"] = $"{execution}",
            ["webhook_id"] = (await owner.GetAsync($"/api/v1/workflows/{workflow}/webhooks")).Data[0].GetProperty("webhook_id").GetString()!,
            ["approval_id"] = (await owner.GetAsync("/api/v1/approvals"))
                .Data.EnumerateArray()
                .First(approval => approval.GetProperty("execution_id").GetGuid() == execution)
                .GetProperty("approval_id")
                .GetString()!,
        };
    }

    /// <summary>Null if the route does not know a field of the body.</summary>
    private static async Task<string?> SendAsync(HttpClient client, string route, Dictionary<string, string> ids, Dictionary<string, string> body)
    {
        var (method, path) = (route[..route.IndexOf(' ', StringComparison.Ordinal)], route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        using var request = new HttpRequestMessage(new HttpMethod(method), Parameter().Replace(path, name => ids[name.Groups[1].Value]));
        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = JsonContent.Create(body);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var status = (int)response.StatusCode;
        Assert.True(status < 500, $"{route}: {status}");
        return status switch
        {
            404 => "404",
            403 when (await response.Content.ReadAsStringAsync(Ct)).Contains("workflow.not_granted", StringComparison.Ordinal) => "403",
            400 when (await response.Content.ReadAsStringAsync(Ct)).Contains("is not a known field", StringComparison.Ordinal) => null,
            _ => "in",
        };
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
