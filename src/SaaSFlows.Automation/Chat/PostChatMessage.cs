using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Activities.Triggers;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat;

/// <summary>Stores a member's message and starts the workflows whose command it is.</summary>
public sealed class PostChatMessage(ChatRoom room, TenantDatabase database, StartExecution start)
{
    /// <summary>When this answers, the message and every execution that it names are on disk.</summary>
    public async Task<Result<PostedMessage>> RunAsync(Caller caller, EntityId entity, string? text, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new AutomationError.BadInput("message", "is required and must not be blank.");
        }

        if (WorkflowFields.TextProblem(text, ChatRoom.MaxText) is { } problem)
        {
            return new AutomationError.BadInput("message", problem);
        }

        var stored = await room.AddAsync(caller.Scope(), entity, new NewChatMessage(text, caller.UserId, caller.Username, null, null), ct);
        if (stored is null)
        {
            return new AutomationError.NotFound("entity");
        }

        var started = new List<ExecutionId>();
        var refused = new List<RefusedCommand>();
        foreach (var command in await CommandsAsync(caller, entity, text, ct))
        {
            (await StartAsync(caller, stored, command, ct)).Match(
                execution =>
                {
                    started.Add(execution.Id);
                    return true;
                },
                error =>
                {
                    refused.Add(new RefusedCommand(command.Workflow, error));
                    return false;
                });
        }

        return new PostedMessage(stored, started, refused);
    }

    // A workflow that an entity's members may talk to is found for each of them, whatever else they may see.
    private async Task<List<Command>> CommandsAsync(Caller caller, EntityId entity, string text, CancellationToken ct)
    {
        var triggers = await database.RunAsync(caller.Scope(), (db, cancel) => db.Set<TriggerRow>().AsNoTracking()
            .Where(trigger => trigger.EntityId == entity && trigger.Kind == "command")
            .OrderBy(trigger => trigger.WorkflowId)
            .ToListAsync(cancel), ct);
        var commands = new List<Command>();
        foreach (var trigger in triggers)
        {
            if (CommandMatch.TryMatch(JsonElement.Parse(trigger.Config), text) is { } arguments)
            {
                commands.Add(new Command(trigger.WorkflowId, trigger.NodeId, arguments));
            }
        }

        return commands;
    }

    private Task<Result<StartedExecution>> StartAsync(Caller caller, ChatMessage message, Command command, CancellationToken ct)
    {
        var input = JsonSerializer.SerializeToElement(new
        {
            username = caller.Username,
            user_id = caller.UserId.Value,
            args = command.Arguments,
            message = message.Text,
            entity_id = message.Entity.Value,
            message_id = message.Number,
        });
        return start.RunAsync(
            new StartRequest(caller.TenantId, command.Workflow, "command", command.Node, input, default, default, null, caller.UserId, null), ct);
    }

    private sealed record Command(WorkflowId Workflow, string Node, IReadOnlyList<string> Arguments);
}
