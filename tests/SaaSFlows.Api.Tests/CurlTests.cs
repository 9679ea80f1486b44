using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>The documented curl examples of the platform API, with our address, account and ids, and with a token where they show none.</summary>
public sealed class CurlTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string SignIn = """
        TOKEN=$(curl -s -X POST http://localhost:8080/api/v1/auth/login \
          -H "Content-Type: application/json" \
          -d '{"email": "user@example.com", "password": "password"}' | jq -r '.token')
        """;

    private const string Trigger = """
        curl -X POST http://localhost:8080/api/v1/workflows/trigger \
          -H "Authorization: Bearer $TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "workflow_name": "customer_support",
            "data": {
              "ticket_id": "12345",
              "customer_message": "I need help with my order"
            }
          }'
        """;

    private const string Status = """
        curl -H "Authorization: Bearer $TOKEN" \
          "http://localhost:8080/api/v1/workflows/{workflow_id}/status"
        """;

    private const string Register = """
        curl -X POST http://localhost:8080/api/v1/registry/register \
          -H "Authorization: Bearer $TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "service_name": "my-service",
            "service_url": "http://localhost:3000",
            "health_check_url": "http://localhost:3000/health",
            "metadata": {"version": "1.0.0"}
          }'
        """;

    [Fact]
    public async Task The_documented_workflow_examples_run()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "customer_support");

        var triggered = await RunAsync(member, $"{SignIn}\n{Trigger}");
        await member.EndedAsync(triggered.GetProperty("data").GetProperty("execution_id").GetGuid());
        var status = await RunAsync(member, $"{SignIn}\n{Status.Replace("{workflow_id}", $"{workflow}", StringComparison.Ordinal)}");

        Assert.Equal(workflow, triggered.GetProperty("data").GetProperty("workflow_id").GetGuid());
        Assert.Equal("completed", status.GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_documented_registration_example_runs() =>
        Assert.Equal(
            "my-service",
            (await RunAsync(await host.RegisterAsync(), $"{SignIn}\n{Register}")).GetProperty("data").GetProperty("service_name").GetString()
        );

    [Fact]
    public async Task The_documented_health_example_runs() =>
        Assert.True(
            (await RunAsync(await host.RegisterAsync(), "curl http://localhost:8080/health")).GetProperty("data").GetProperty("healthy").GetBoolean()
        );

    [Fact]
    public async Task The_documented_detailed_health_example_runs() =>
        Assert.Equal(
            "healthy",
            (await RunAsync(await host.RegisterAsync(), "curl http://localhost:8080/health/detailed"))
                .GetProperty("data")
                .GetProperty("dependencies")
                .GetProperty("database")
                .GetProperty("status")
                .GetString()
        );

    [Fact]
    public async Task The_documented_metrics_example_runs()
    {
        var member = await host.RegisterAsync();
        // The queue is looked at now and then, not by whoever asks for metrics.
        await Eventually.True(
            async () =>
                (await RunAsync(member, "curl http://localhost:8080/metrics | jq -Rs ."))
                    .GetString()!
                    .Contains("# TYPE saasflows_queue_depth gauge", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
    }

    private Task<JsonElement> RunAsync(Member member, string script) => CurlScript.RunAsync(host, member, script);
}
