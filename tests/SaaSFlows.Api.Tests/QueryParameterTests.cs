using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests;

/// <summary>A parameter that a route does not know is named, never ignored; data in an address arrives as it was sent.</summary>
public sealed partial class QueryParameterTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_route_ignores_a_parameter_that_it_does_not_know()
    {
        var member = await host.RegisterAsync();
        var free = new List<string>();
        foreach (
            var operation in Contract.Operations.Where(one => one.Template.StartsWith("/api/", StringComparison.Ordinal) || one.Template == "/events")
        )
        {
            using var request = new HttpRequestMessage(
                new(operation.Method),
                $"{Parameter().Replace(operation.Template, _ => $"{Guid.NewGuid()}")}?no_such_parameter=1"
            );
            using var response = await member.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            var text = await response.Content.ReadAsStringAsync(Ct);
            if (!text.Contains("query.unknown_parameter", StringComparison.Ordinal))
            {
                free.Add($"{operation.Method} {operation.Template}");
            }
        }

        Assert.Equal(
            ["GET /api/workflows/trigger/{name}", "POST /api/v1/workflows/webhooks/{token}", "POST /api/webhooks/{name}"],
            free.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("pagee=2", "query.unknown_parameter", "pagee", "is not a known parameter; did you mean page?")]
    [InlineData("Page=2", "query.unknown_parameter", "Page", "is not a known parameter; did you mean page?")]
    [InlineData("page=1&page=2", "query.repeated_parameter", "page", "is given more than once.")]
    public async Task A_parameter_that_would_be_ignored_is_named(string query, string reason, string name, string problem)
    {
        var member = await host.RegisterAsync();
        var refused = await member.GetAsync($"/api/v1/workflows?{query}");

        Assert.Equal((400, "BAD_REQUEST", reason), (refused.Status, refused.Code, refused.Reason));
        Assert.Equal(problem, JsonNode.Parse(refused.Details.GetRawText())!["errors"]![name]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData(
        "?a=1&a=2&b=1,2&tag=x&Tag=y&plus=1+1&empty=&flag&u=%C3%A9&p=100%",
        """{"a":["1","2"],"b":"1,2","tag":"x","Tag":"y","plus":"1 1","empty":"","flag":"","u":"é","p":"100%"}"""
    )]
    [InlineData("?%5B%5D=1&%5B%5D=1,2", """{"[]":["1","1,2"]}""")]
    [InlineData("", "{}")]
    public async Task Parameters_of_an_address_reach_the_workflow_as_they_were_sent(string query, string expected)
    {
        var member = await host.RegisterAsync();
        var hooked = new Dictionary<string, object>
        {
            ["hook"] = Graphs.Node("trigger_webhook", new { response_mode = "result" }),
            ["end"] = Graphs.Node("flow_end", new { output_data = "{{input.query}}" }),
        };
        var hook = await member.WebhookAsync(await member.PublishAsync(hooked, new[] { Graphs.Line("hook", "end") }, "hooked"));
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "echo");

        Same(expected, (await member.PostRawAsync(hook + query, "{}")).Data.GetProperty("output"));
        Same(expected, (await member.PostRawAsync($"/api/webhooks/hooked{query}", "{}")).Json.GetProperty("output"));
        var triggered = await member.GetAsync($"/api/workflows/trigger/echo{query}");
        Same(expected, (await member.EndedAsync(triggered.Json.GetProperty("execution_id").GetGuid())).GetProperty("final_output"));
    }

    [Fact]
    public async Task Escapes_that_are_no_utf8_are_refused_and_not_replaced()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections, "hooked"));

        foreach (
            var answer in new[]
            {
                await member.PostRawAsync($"{hook}?name=%E9", "{}"),
                await member.PostRawAsync("/api/webhooks/hooked?name=%E9", "{}"),
                await member.GetAsync("/api/workflows/trigger/hooked?%E9=1"),
                await member.GetAsync("/api/v1/workflows?search=%E9"),
            }
        )
        {
            Assert.Equal((400, "query.invalid_encoding"), (answer.Status, answer.Reason));
        }
    }

    private static void Same(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
