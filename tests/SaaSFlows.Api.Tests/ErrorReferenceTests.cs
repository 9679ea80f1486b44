using System.Text;

namespace SaaSFlows.Api.Tests;

/// <summary>Each of the seventeen documented error codes, with its status, through the public API.</summary>
public sealed class ErrorReferenceTests(ErrorReferenceTests.Host host) : IClassFixture<ErrorReferenceTests.Host>
{
    private static readonly Dictionary<string, Func<Host, Task<Answer>>> Reached = new()
    {
        ["BAD_REQUEST"] = async host => await (await host.RegisterAsync()).PostAsync("/api/v1/workflows", new { description = "no name" }),
        ["UNAUTHORIZED"] = async host =>
            await GetAsync(host, "/api/v1/workflows", request => request.Headers.Authorization = new("Bearer", "no.such.token")),
        ["PAYMENT_REQUIRED"] = async host =>
        {
            var owner = await host.RegisterAsync();
            await owner.PostAsync("/api/v1/workflows", new { name = "first" });
            return await owner.PostAsync("/api/v1/workflows", new { name = "second" });
        },
        ["FORBIDDEN"] = async host => await GetAsync(host, "/metrics", request => request.Headers.Add("X-Forwarded-For", "203.0.113.7")),
        ["PERMISSION_DENIED"] = async host =>
            await (await host.InviteAsync(await host.RegisterAsync(), "viewer")).PostAsync("/api/v1/workflows", new { name = "Mine" }),
        ["WORKFLOW_NOT_FOUND"] = async host => await (await host.RegisterAsync()).GetAsync($"/api/v1/workflows/{Guid.NewGuid()}"),
        ["NOT_FOUND"] = async host => await (await host.RegisterAsync()).GetAsync($"/api/v1/workflows/executions/{Guid.NewGuid()}"),
        ["RATE_LIMIT_EXCEEDED"] = async host =>
        {
            var hook = await HookAsync(host, new { rate_limit_max = 1 });
            await hook.DeliverAsync();
            return await hook.DeliverAsync();
        },
        ["INTERNAL_ERROR"] = async host =>
        {
            var owner = await host.RegisterAsync();
            await host.ExecuteAsync("alter table automation.workflows rename to lost");
            var answer = await owner.GetAsync("/api/v1/workflows");
            await host.ExecuteAsync("alter table automation.lost rename to workflows");
            return answer;
        },
        ["EXECUTION_ERROR"] = async host => await ExecuteAsync(host, Graphs.Node("flow_end", new { output_data = "{{nothing.there}}" })),
        ["EXECUTION_TIMEOUT"] = async host => await ExecuteAsync(host, Graphs.Node("action_delay", new { delay_ms = 3_600_000 })),
        ["WEBHOOK_NOT_FOUND"] = async host => await (await host.RegisterAsync()).PostRawAsync("/api/v1/workflows/webhooks/nobody", "{}"),
        ["WEBHOOK_DISABLED"] = async host => await (await HookAsync(host, new { enabled = false })).DeliverAsync(),
        ["IP_NOT_ALLOWED"] = async host => await (await HookAsync(host, new { ip_allowlist = new[] { "192.0.2.1" } })).DeliverAsync(),
        ["SIGNATURE_REQUIRED"] = async host => await (await HookAsync(host, new { require_signature = true })).DeliverAsync(),
        ["SIGNATURE_INVALID"] = async host => await (await HookAsync(host, new { require_signature = true })).DeliverAsync(signature: "sha256=00"),
        ["INVALID_JSON"] = async host => await (await HookAsync(host, new { })).DeliverAsync(body: "{"),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("BAD_REQUEST", 400)]
    [InlineData("UNAUTHORIZED", 401)]
    [InlineData("PAYMENT_REQUIRED", 402)]
    [InlineData("FORBIDDEN", 403)]
    [InlineData("PERMISSION_DENIED", 403)]
    [InlineData("WORKFLOW_NOT_FOUND", 404)]
    [InlineData("NOT_FOUND", 404)]
    [InlineData("RATE_LIMIT_EXCEEDED", 429)]
    [InlineData("INTERNAL_ERROR", 500)]
    [InlineData("EXECUTION_ERROR", 400)]
    [InlineData("EXECUTION_TIMEOUT", 504)]
    [InlineData("WEBHOOK_NOT_FOUND", 404)]
    [InlineData("WEBHOOK_DISABLED", 403)]
    [InlineData("IP_NOT_ALLOWED", 403)]
    [InlineData("SIGNATURE_REQUIRED", 403)]
    [InlineData("SIGNATURE_INVALID", 403)]
    [InlineData("INVALID_JSON", 400)]
    public async Task A_code_is_reached_with_its_status_in_the_documented_form(string code, int status)
    {
        var answer = await Reached[code](host);

        Assert.Equal((code, status), (answer.Code, answer.Status));
        Assert.False(answer.Json.GetProperty("success").GetBoolean());
        Assert.Equal(["success", "error"], answer.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(["code", "message", "details"], answer.Json.GetProperty("error").EnumerateObject().Select(field => field.Name));
        Assert.NotEqual("", answer.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public void The_page_of_errors_names_each_code_with_its_status()
    {
        var page = File.ReadAllText(Path.Combine(SaaSFlows.LocalSetup.RepositoryRoot.Find()!, "docs", "errors.md"));
        var codes = typeof(SaaSFlows.Api.Wire.ErrorCode)
            .GetFields()
            .Select(field => field.GetValue(null))
            .OfType<SaaSFlows.Api.Wire.ErrorCode>()
            .ToList();

        Assert.Equal(22, codes.Count);
        Assert.All(codes, code => Assert.Contains($"| `{code.Name}` | {code.Status} |", page, StringComparison.Ordinal));
    }

    private static async Task<Answer> ExecuteAsync(Host host, object node)
    {
        var owner = await host.RegisterAsync();
        var id = await owner.PublishAsync(new { start = Graphs.Node("trigger_manual"), node }, new[] { Graphs.Line("start", "node") });
        return await owner.PostAsync($"/api/v1/workflows/{id}/execute?wait_seconds=1", new { });
    }

    private static async Task<Answer> GetAsync(Host host, string path, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change(request);
        using var client = host.Anonymous();
        return await Answer.FromAsync(await client.SendAsync(request, Ct));
    }

    private static async Task<Hook> HookAsync(Host host, object rules)
    {
        var owner = await host.RegisterAsync();
        var id = await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await owner.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0];
        Assert.Equal(200, (await owner.PutAsync($"/api/v1/workflows/{id}/webhooks/{webhook.GetProperty("webhook_id").GetGuid()}", rules)).Status);
        return new(owner, $"/api/v1/workflows/webhooks/{webhook.GetProperty("token").GetString()}");
    }

    /// <summary>Breaks a table of its own database, and allows one workflow to a tenant.</summary>
    public sealed class Host : ApiHost
    {
        public async Task ExecuteAsync(string sql)
        {
            await using var connection = new Npgsql.NpgsqlConnection(Database.AdminConnectionString);
            await connection.OpenAsync(Ct);
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Ct);
        }

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Licensing:MaxWorkflowsPerTenant", "1")];
    }

    private sealed record Hook(Member Owner, string Path)
    {
        public async Task<Answer> DeliverAsync(string body = "{}", string? signature = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (signature is not null)
            {
                request.Headers.Add("X-Webhook-Signature", signature);
            }

            return await Answer.FromAsync(await Owner.Http.SendAsync(request, Ct));
        }
    }
}
