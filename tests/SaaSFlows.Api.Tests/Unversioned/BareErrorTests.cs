using System.Text;

namespace SaaSFlows.Api.Tests.Unversioned;

/// <summary>Refusals on paths without a version have one shape, whoever wrote them.</summary>
public sealed class BareErrorTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/workflows", 401, "UNAUTHORIZED")]
    [InlineData("POST", "/api/webhooks/flow", 401, "UNAUTHORIZED")]
    [InlineData("GET", "/api/nothing", 404, "NOT_FOUND")]
    [InlineData("GET", "/t/no-such-tenant/api/workflows", 404, "NOT_FOUND")]
    public async Task Somebody_unknown_is_told_so(string method, string path, int status, string code)
    {
        using var client = host.Anonymous();
        Check(await Answer.FromAsync(await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Ct)), status, code);
    }

    [Theory]
    [InlineData("/api/workflows", """{"name": "x",""", 400, "INVALID_JSON")]
    [InlineData("/api/workflows", "[1]", 400, "BAD_REQUEST")]
    [InlineData("/api/workflows", """{"name": 7}""", 400, "BAD_REQUEST")]
    [InlineData("/api/workflows", "", 400, "INVALID_JSON")]
    [InlineData("/api/workflows/execute/flow", """{"data": []}""", 400, "BAD_REQUEST")]
    [InlineData("/api/workflows/execute/flow", """{"data": {"\ud800": 1}}""", 400, "BAD_REQUEST")]
    [InlineData("/api/webhooks/flow?a=b", "[1]", 400, "BAD_REQUEST")]
    [InlineData("/api/webhooks/flow", """{"\ud800": 1}""", 400, "BAD_REQUEST")]
    [InlineData("/api/webhooks/nobody", "{}", 404, "WORKFLOW_NOT_FOUND")]
    public async Task A_bad_request_is_told_so(string path, string body, int status, string code)
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "flow");

        Check(await member.PostRawAsync(path, body), status, code);
    }

    [Fact]
    public async Task A_role_a_size_a_type_and_a_state_refuse_alike()
    {
        var owner = await host.RegisterAsync();
        var viewer = await host.InviteAsync(owner, "viewer");
        await owner.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "draft");

        Check(await viewer.PostAsync("/api/workflows", new { name = "x" }), 403, "PERMISSION_DENIED");
        Check(await viewer.PostAsync("/api/workflows/toggle/draft"), 403, "PERMISSION_DENIED");
        Check(await owner.PostRawAsync("/api/webhooks/draft", $$"""{"x":"{{new string('x', 2 * 1024 * 1024)}}"}"""), 413, "PAYLOAD_TOO_LARGE");
        Check(
            await Answer.FromAsync(await owner.Http.PostAsync("/api/webhooks/draft", new StringContent("a=b", Encoding.UTF8, "text/plain"), Ct)),
            415,
            "UNSUPPORTED_MEDIA_TYPE"
        );
        Check(await owner.PatchAsync("/api/workflows", new { }), 405, "METHOD_NOT_ALLOWED");
        Check(await owner.GetAsync("/api/workflows/trigger/draft"), 409, "CONFLICT");
        Check(await owner.GetAsync($"/api/workflows/trigger/{new string('x', 2_000)}"), 404, "WORKFLOW_NOT_FOUND");
    }

    [Fact]
    public async Task Versioned_paths_keep_their_envelope()
    {
        using var client = host.Anonymous();
        var answer = await Answer.FromAsync(await client.GetAsync("/api/v1/workflows", Ct));

        Assert.Equal((401, false), (answer.Status, answer.Json.GetProperty("success").GetBoolean()));
        Assert.False(answer.Json.TryGetProperty("detail", out _));
    }

    internal static void Check(Answer answer, int status, string code)
    {
        Assert.True(answer.Status == status, answer.Text);
        Assert.Equal(["detail", "error"], answer.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            (code, answer.Json.GetProperty("detail").GetString()),
            (answer.Code, answer.Json.GetProperty("error").GetProperty("message").GetString())
        );
        Assert.NotNull(answer.Details.GetProperty("correlation_id").GetString());
    }
}
