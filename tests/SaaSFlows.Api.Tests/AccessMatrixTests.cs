using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.LocalSetup;
using SaaSFlows.TestKit;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>
/// Walks every route as each role, as a member of another community, as another tenant's owner and as nobody, and compares what happens with
/// access-matrix.txt. A new route? The failure says the line: judge it, and put it there. A new kind of id in a path? Say in
/// <see cref="ObjectsAsync"/> how to make one.
/// </summary>
public sealed partial class AccessMatrixTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly string[] Roles = ["owner", "admin", "editor", "operator", "viewer"];

    // Routes that the walk itself would not survive: each caller is a new one.
    private static readonly HashSet<string> Fatal = ["DELETE /api/v1/members/me", "DELETE /api/v1/me/sessions", "POST /api/v1/auth/logout"];

    // Fits many a route, so that most answers are about access and not about the body.
    private static readonly Dictionary<string, string> Body = new Dictionary<string, string>
    {
        ["name"] = "Mine now",
        ["message"] = "Mine now",
        ["role"] = "viewer",
        ["email"] = "x@example.com",
        ["workflow"] = "mine",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_lets_in_whom_the_table_says()
    {
        var owner = await host.RegisterAsync();
        var callers = new Dictionary<string, Member> { ["owner"] = owner };
        foreach (var role in Roles.Skip(1))
        {
            callers[role] = await host.InviteAsync(owner, role);
        }

        var objects = await ObjectsAsync(host, owner, callers["viewer"]);
        var elsewhere = await host.InviteAsync(owner with { Community = await AddCommunityAsync(owner) }, "editor");
        var stranger = await host.RegisterAsync();
        var lines = new List<string>();
        foreach (var (route, rule) in Routes())
        {
            var who = await WhoAsync(route, callers);
            Assert.True(
                (rule is AccessRule.Public) == (await SendAsync(host.Anonymous(), route, Nothing)).IsLetIn,
                $"{route} and somebody without a token"
            );
            lines.Add($"{route}: {who}; {await ForeignAsync(route, objects, elsewhere, stranger)}");
        }

        var table = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Find()!, "tests", "SaaSFlows.Api.Tests", "access-matrix.txt"), Ct);
        var known = table.Where(line => line.Length > 0 && line[0] != '#').ToHashSet(StringComparer.Ordinal);
        Assert.True(
            known.SetEquals(lines),
            $"The routes do:\n{string.Join('\n', lines.Except(known))}\nand the table says:\n{string.Join('\n', known.Except(lines))}"
        );
    }

    private IEnumerable<(string Route, AccessRule Rule)> Routes() =>
        from source in host.Services.GetServices<EndpointDataSource>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        where !GrpcCalls.IsGrpc(endpoint)
        // HEAD is the same endpoint as GET.
        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Where(method => method != "HEAD")
        let route = $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"
        orderby route
        select (route, endpoint.Metadata.GetRequiredMetadata<AccessRule>());

    // Ids that name nothing: whoever is let in changes nothing.
    private async Task<string> WhoAsync(string route, Dictionary<string, Member> callers)
    {
        var allowed = new List<string>();
        foreach (var role in Roles)
        {
            var caller = callers[role];
            if (Fatal.Contains(route))
            {
                caller = role == "owner" ? await host.RegisterAsync() : await host.InviteAsync(callers["owner"], role);
            }

            if ((await SendAsync(caller.Http, route, Nothing)).IsLetIn)
            {
                allowed.Add(role);
            }
        }

        return allowed.Count == Roles.Length ? "all roles" : string.Join(' ', allowed);
    }

    // Real ids: whoever sees them would do something to them.
    private static async Task<string> ForeignAsync(string route, Dictionary<string, string> objects, Member elsewhere, Member stranger)
    {
        if (!route.Contains('{', StringComparison.Ordinal))
        {
            return "names nothing";
        }

        if (Parameter().Matches(route).Any(name => !objects.ContainsKey(name.Groups[1].Value)))
        {
            return "foreign ids not walked";
        }

        var (community, _) = await SendAsync(elsewhere.Http, route, name => objects[name]);
        var (tenant, _) = await SendAsync(stranger.Http, route, name => objects[name]);
        return string.Create(CultureInfo.InvariantCulture, $"other community {community}, other tenant {tenant}");
    }

    // Sign-in answers 401 and 403 for reasons of its own: those of the door are told by their codes.
    private static async Task<(int Status, bool IsLetIn)> SendAsync(HttpClient client, string route, Func<string, string> id)
    {
        var (method, path) = (route[..route.IndexOf(' ', StringComparison.Ordinal)], route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        path = Parameter().Replace(path, name => id(name.Groups[1].Value));
        var (status, reason) = await SendAsync(client, method, path, Body);
        if (
            status == 400
            && Body.Where(field => !reason.Contains($"\"{field.Key}\":[\"is not a known field", StringComparison.Ordinal)).ToDictionary() is var known
            && known.Count < Body.Count
        )
        {
            (status, reason) = await SendAsync(client, method, path, known);
        }

        return (
            status,
            !reason.Contains("token.missing_or_invalid", StringComparison.Ordinal) && !reason.Contains("permission.missing", StringComparison.Ordinal)
        );
    }

    private static async Task<(int Status, string Reason)> SendAsync(HttpClient client, string method, string path, Dictionary<string, string> body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = JsonContent.Create(body);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return (
            (int)response.StatusCode,
            response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? await response.Content.ReadAsStringAsync(Ct)
                : ""
        );
    }

    private static string Nothing(string parameter) => parameter is "entity_id" or "community_id" ? "1" : $"{Guid.NewGuid()}";

    /// <summary>A real id of each kind that occurs in paths.</summary>
    internal static async Task<Dictionary<string, string>> ObjectsAsync(ApiHost host, Member owner, Member viewer)
    {
        var workflow = await owner.PublishAsync(Webhook.Nodes, Webhook.Connections);
        var asking = await owner.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                ask = Node("action_approval", new { message = "Well?" }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "ask"), Line("ask", "end", "approved"), Line("ask", "end", "rejected") }
        );
        var execution = await owner.StartAsync(asking);
        await Eventually.True(async () => (await owner.GetAsync("/api/v1/approvals")).Data.GetArrayLength() > 0, TimeSpan.FromSeconds(20), Ct);
        await owner.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = "order.paid",
                aggregate_id = "o-1",
                community_id = owner.Community,
            }
        );
        return new()
        {
            ["workflow_id"] = $"{workflow}",
            ["name"] = (await owner.GetAsync($"/api/v1/workflows/{workflow}")).Data.GetProperty("key").GetString()!,
            ["execution_id"] = $"{execution}",
            ["node_id"] = "ask",
            ["id"] = $"{execution}",
            ["aggregate_id"] = "o-1",
            ["service_id"] = (
                await owner.PostAsync(
                    "/api/v1/registry/register",
                    new
                    {
                        service_name = "s",
                        service_url = "http://127.0.0.1:1",
                        community_id = owner.Community,
                    }
                )
            ).Data.GetProperty("service_id").GetString()!,
            ["webhook_id"] = (await owner.GetAsync($"/api/v1/workflows/{workflow}/webhooks")).Data[0].GetProperty("webhook_id").GetString()!,
            ["approval_id"] = (await owner.GetAsync("/api/v1/approvals")).Data[0].GetProperty("approval_id").GetString()!,
            ["entity_id"] = owner.Entity.ToString(CultureInfo.InvariantCulture),
            ["community_id"] = owner.Community.ToString(CultureInfo.InvariantCulture),
            ["user_id"] = $"{viewer.Id}",
            ["role"] = (await owner.PostAsync("/api/v1/roles", new { name = "Ours" })).Data.GetProperty("role").GetString()!,
            ["client_id"] = (await OpenIdApp.RegisterAsync(host, owner)).Id,
            ["trusted_issuer_id"] = (
                await owner.PostAsync(
                    "/api/v1/trusted-issuers",
                    new
                    {
                        name = "Ours",
                        issuer = "https://auth.example.com",
                        audience = "x",
                        permissions = new[] { "read:logs" },
                    }
                )
            ).Data.GetProperty("trusted_issuer_id").GetString()!,
            ["session_id"] = (await owner.GetAsync("/api/v1/me/sessions")).Data[0].GetProperty("session_id").GetString()!,
        };
    }

    private static async Task<long> AddCommunityAsync(Member owner) =>
        (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
