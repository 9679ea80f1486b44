namespace SaaSFlows.Api.Tests;

/// <summary>The documented examples of the workflow API, with our address, token, signature and ids.</summary>
public sealed class WorkflowApiExampleTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Create = """
        curl -X POST http://localhost:8070/api/v1/workflows \
          -H "Authorization: Bearer YOUR_JWT_TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "name": "Test Workflow",
            "description": "A test workflow",
            "entity_id": 123,
            "community_id": 456,
            "nodes": {},
            "connections": []
          }'
        """;

    private const string Execute = """
        curl -X POST http://localhost:8070/api/v1/workflows/WORKFLOW_ID/execute \
          -H "Authorization: Bearer YOUR_JWT_TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "community_id": 456,
            "variables": {
              "username": "testuser"
            }
          }'
        """;

    private const string TriggerBody = """
        {
            "event": "test",
            "data": "value"
          }
        """;

    private const string Trigger = $$"""
        curl -X POST http://localhost:8070/api/v1/workflows/webhooks/TOKEN \
          -H "Content-Type: application/json" \
          -H "X-Webhook-Signature: sha256=SIGNATURE" \
          -d '{{TriggerBody}}'
        """;

    private const string Signature = """
        import hmac
        import hashlib

        message = token.encode() + request_body_bytes
        signature = 'sha256=' + hmac.new(
            secret.encode(),
            message,
            hashlib.sha256
        ).hexdigest()
        """;

    private const string JavaScript = """
        async function executeWorkflow(workflowId, token) {
          const response = await fetch(
            `http://localhost:8070/api/v1/workflows/${workflowId}/execute`,
            {
              method: 'POST',
              headers: {
                'Authorization': `Bearer ${token}`,
                'Content-Type': 'application/json'
              },
              body: JSON.stringify({
                community_id: 456,
                variables: {
                  param1: 'value1'
                }
              })
            }
          );
          return await response.json();
        }
        """;

    private (string Text, string By) Address => ("http://localhost:8070", host.Address.ToString().TrimEnd('/'));

    [Fact]
    public async Task A_workflow_is_created_and_another_executed_by_curl()
    {
        var member = await host.RegisterAsync();
        var created = await Examples.CurlAsync(Create, [.. Own(member), ("entity_id\": 123", $"entity_id\": {member.Entity}")]);
        Assert.Equal(
            ("Workflow created successfully", "Test Workflow", "draft"),
            (
                created.GetProperty("message").GetString(),
                created.GetProperty("data").GetProperty("name").GetString(),
                created.GetProperty("data").GetProperty("status").GetString()
            )
        );

        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var started = await Examples.CurlAsync(Execute, [.. Own(member), ("WORKFLOW_ID", $"{workflow}")]);
        Assert.Equal("Workflow execution started", started.GetProperty("message").GetString());
        var ended = await member.EndedAsync(started.GetProperty("data").GetProperty("execution_id").GetGuid());
        Assert.Equal("testuser", ended.GetProperty("final_variables").GetProperty("username").GetString());
    }

    [Fact]
    public async Task A_webhook_is_triggered_by_curl_with_the_signature_that_python_calculates()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await member.PostAsync($"/api/v1/workflows/{workflow}/webhooks", new { name = "Signed", require_signature = true })).Data;
        var token = webhook.GetProperty("token").GetString()!;
        var signature = await Examples.PythonAsync(
            $"import sys\ntoken, secret, body = sys.argv[1:]\nrequest_body_bytes = body.encode()\n{Signature}\nprint(signature)",
            token,
            webhook.GetProperty("secret").GetString()!,
            TriggerBody
        );

        var triggered = await Examples.CurlAsync(Trigger, Address, ("TOKEN", token), ("sha256=SIGNATURE", signature.Trim()));
        Assert.Equal(
            ("Workflow execution triggered", "queued"),
            (triggered.GetProperty("message").GetString(), triggered.GetProperty("data").GetProperty("status").GetString())
        );
        var refused = await Examples.CurlAsync(Trigger, Address, ("TOKEN", token));
        Assert.Equal("SIGNATURE_INVALID", refused.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_workflow_is_executed_by_the_javascript_example()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var started = await Examples.NodeAsync(
            $"{JavaScript}\nexecuteWorkflow('WORKFLOW_ID', 'YOUR_JWT_TOKEN').then(answer => console.log(JSON.stringify(answer)));",
            [.. Own(member), ("WORKFLOW_ID", $"{workflow}")]
        );

        var ended = await member.EndedAsync(started.GetProperty("data").GetProperty("execution_id").GetGuid());
        Assert.Equal("value1", ended.GetProperty("final_variables").GetProperty("param1").GetString());
    }

    private (string Text, string By)[] Own(Member member) =>
        [
            Address,
            ("YOUR_JWT_TOKEN", member.Http.DefaultRequestHeaders.Authorization!.Parameter!),
            ("community_id\": 456", $"community_id\": {member.Community}"),
            ("community_id: 456", $"community_id: {member.Community}"),
        ];
}
