using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests;

/// <summary>HEAD wherever GET is, and what a wrong method is told.</summary>
public sealed partial class MethodTests(ApiHost host) : IClassFixture<ApiHost>
{
    // GET starts or ends something here.
    private static readonly string[] _acts = ["/api/workflows/trigger/{name}", "/connect/authorize", "/connect/logout"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Head_is_answered_as_get_is_but_without_a_body()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = await member.StartAsync(workflow);
        await member.EndedAsync(execution);
        var differing = new List<string>();
        using var anybody = host.Anonymous();
        var operations = Contract.Operations.Where(operation => operation.Method == "GET" && !_acts.Contains(operation.Template));
        foreach (var (client, operation) in operations.SelectMany(operation => new[] { (member.Http, operation), (anybody, operation) }))
        {
            var path = PathOf(operation.Template, member, workflow, execution);
            using var get = await SendAsync(client, HttpMethod.Get, path);
            using var head = await SendAsync(client, HttpMethod.Head, path);
            // This ends for streams too: they have nothing to wait for.
            var body = await head.Content.ReadAsStringAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
            if (head.StatusCode != get.StatusCode || $"{head.Content.Headers.ContentType}" != $"{get.Content.Headers.ContentType}" || body.Length > 0)
            {
                differing.Add($"{path}: {get.StatusCode} {get.Content.Headers.ContentType} but {head.StatusCode} {head.Content.Headers.ContentType}");
            }
        }

        Assert.Empty(differing);
    }

    [Fact]
    public async Task Head_starts_and_ends_nothing()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "only");
        foreach (var template in _acts)
        {
            using var head = await SendAsync(member.Http, HttpMethod.Head, template.Replace("{name}", "only", StringComparison.Ordinal));
            Assert.Equal(405, (int)head.StatusCode);
            Assert.DoesNotContain("HEAD", head.Content.Headers.Allow);
        }

        Assert.Empty((await member.GetAsync("/api/v1/executions")).Data.EnumerateArray());
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones_before_anybody_is_asked_who_they_are()
    {
        using var client = host.Anonymous();
        foreach (var route in Contract.Operations.GroupBy(operation => operation.Template))
        {
            using var answer = await SendAsync(client, new HttpMethod("PURGE"), Parameter().Replace(route.Key, "x"));
            Assert.True((int)answer.StatusCode == 405, $"{route.Key}: {answer.StatusCode}");
            var methods = route.Select(operation => operation.Method);
            Assert.Empty(methods.Concat(methods.Contains("GET") && !_acts.Contains(route.Key) ? ["HEAD"] : []).Except(answer.Content.Headers.Allow));
            Assert.Contains("METHOD_NOT_ALLOWED", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/docs/index.html")]
    [InlineData("/swagger-ui/index.html")]
    [InlineData("/redoc/index.html")]
    [InlineData("/docs/swagger-ui-bundle.js")]
    public async Task Documentation_answers_head(string path)
    {
        using var client = host.Anonymous();
        using var head = await SendAsync(client, HttpMethod.Head, path);

        Assert.Equal((200, ""), ((int)head.StatusCode, await head.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task The_document_is_found_where_others_keep_theirs()
    {
        using var client = host.Anonymous();
        Assert.Contains("\"openapi\": \"3.1.0\"", await client.GetStringAsync("/openapi.json", Ct), StringComparison.Ordinal);
    }

    private static string PathOf(string template, Member member, Guid workflow, Guid execution) =>
        Parameter()
            .Replace(
                template,
                name =>
                    name.Value switch
                    {
                        "{workflow_id}" or "{id}" => $"{workflow}",
                        "{execution_id}" => $"{execution}",
                        "{entity_id}" => $"{member.Entity}",
                        "{community_id}" => $"{member.Community}",
                        "{user_id}" => $"{member.Id}",
                        _ => "x",
                    }
            );

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path) =>
        client.SendAsync(new HttpRequestMessage(method, path), HttpCompletionOption.ResponseHeadersRead, Ct);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
