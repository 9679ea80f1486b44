using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Automation.Workflows;

namespace SaaSFlows.Host;

/// <summary>Something to sign in to and to look at on the first start.</summary>
internal sealed class DemoTenant(IServiceProvider services, CreateWorkflow create, PublishWorkflow publish)
{
    public const string Email = "demo@saasflows.example";
    public const string Password = "demo-demo-demo";

    private const string Workflow = """
        {
          "nodes": {
            "hello": { "node_type": "trigger_command", "label": "When somebody writes !hello", "position": { "x": 80, "y": 160 },
              "config": { "command_pattern": "!hello" } },
            "answer": { "node_type": "action_chat_message", "label": "Answer in the chat", "position": { "x": 420, "y": 160 },
              "config": { "message_template": "Hello, {{username}}! You are on SaaSFlows." } }
          },
          "connections": [
            { "connection_id": "hello_answer", "from_node_id": "hello", "from_port_name": "output", "to_node_id": "answer", "to_port_name": "input" }
          ],
          "global_variables": {}
        }
        """;

    /// <summary>Makes it once; a later start finds it.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var outcome = await scope
            .ServiceProvider.GetRequiredService<RegisterHandler>()
            .HandleAsync(new Register("Demo", Email, Password, ForCookie: false), ct);
        await outcome.Match(made => FillAsync(made, ct), _ => Task.CompletedTask);
    }

    private async Task FillAsync(Registration made, CancellationToken ct)
    {
        var caller = new Caller(
            made.Session.User.UserId,
            made.Session.User.Username,
            made.Session.Tenant.TenantId,
            Role.Owner.Permissions(),
            CommunityAccess.WholeTenant
        );
        var created = await create.RunAsync(
            caller,
            "Say hello",
            "Write !hello in the chat.",
            made.Community.CommunityId,
            made.Entity.EntityId,
            JsonElement.Parse(Workflow),
            ct
        );
        if (created.IsOk(out var workflow, out _))
        {
            await publish.RunAsync(caller, workflow.Summary.Id, ct);
        }
    }
}
