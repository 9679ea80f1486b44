using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Activities;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Triggers;
using SaaSFlows.Automation.Events;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat;

/// <summary>
/// Stores a member's message, starts the workflows that have it as a command, and resumes the executions that wait for it as an answer.
/// </summary>
public sealed class PostChatMessage
{
    private const string Platform = "web_chat";

    private readonly ChatRoom room;
    private readonly TenantDatabase database;
    private readonly StartExecution start;
    private readonly Cooldowns cooldowns;
    private readonly OpenWaits waits;

    internal PostChatMessage(ChatRoom room, TenantDatabase database, StartExecution start, Cooldowns cooldowns, OpenWaits waits) =>
        (this.room, this.database, this.start, this.cooldowns, this.waits) = (room, database, start, cooldowns, waits);

    /// <summary>When this returns, the message and all executions in the answer are stored.</summary>
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

        var stored = await room.AddAsync(caller.Scope(), entity, new NewChatMessage(text, caller.UserId, caller.DisplayName, null, null), ct);
        if (stored is null)
        {
            return new AutomationError.NotFound("entity");
        }

        // Answers come first, so that an execution that this message starts is not answered by it.
        var answered = await AnswerAsync(caller, stored, ct);
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
                    refused.Add(new RefusedCommand(command.Trigger.WorkflowId, error));
                    return false;
                }
            );
        }

        return new PostedMessage(stored, started, refused) { Answered = answered };
    }

    private Task<IReadOnlyList<ExecutionId>> AnswerAsync(Caller caller, ChatMessage message, CancellationToken ct) =>
        waits.ResumeAsync(
            caller.Scope(),
            (WaitKinds.Chat, message.Entity.Value.ToString(CultureInfo.InvariantCulture)),
            DateTimeOffset.MaxValue,
            demands =>
                ChatAnswer.IsMeant(demands, caller.UserId, message.Text, out var choice)
                    ? JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            answer = message.Text,
                            message = message.Text,
                            choice,
                            username = caller.DisplayName,
                            user_id = caller.UserId.Value,
                            message_id = message.Number,
                            answered_at = message.SentAt.UtcDateTime,
                        }
                    )
                    : null,
            ct
        );

    // Every member of the entity's community can use its commands, even for workflows that they can't see.
    private async Task<List<Command>> CommandsAsync(Caller caller, EntityId entity, string text, CancellationToken ct)
    {
        var triggers = await database.RunAsync(
            caller.Scope(),
            (db, cancel) =>
                db.GrantedTriggers()
                    .Where(trigger => trigger.EntityId == entity && trigger.Kind == "command")
                    .OrderBy(trigger => trigger.WorkflowId)
                    .ToListAsync(cancel),
            ct
        );
        var commands = new List<Command>();
        foreach (var trigger in triggers)
        {
            if (
                CommandMatch.TryMatch(JsonElement.Parse(trigger.Config), text, Platform, demand => Has(caller, demand, trigger.CommunityId)) is
                { } arguments
            )
            {
                commands.Add(new Command(trigger, arguments));
            }
        }

        return commands;
    }

    private static bool Has(Caller caller, string demand, CommunityId community) => caller.Has(demand, community) || caller.May(demand, community);

    private async Task<Result<StartedExecution>> StartAsync(Caller caller, ChatMessage message, Command command, CancellationToken ct)
    {
        if (await cooldowns.EnterAsync(caller, command.Trigger, ct) is { } rests)
        {
            return new AutomationError.Conflict(
                "command.cooling_down",
                $"The command can be used again at {rests.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}."
            );
        }

        var input = JsonSerializer.SerializeToElement(
            new
            {
                username = caller.DisplayName,
                user_id = caller.UserId.Value,
                args = command.Arguments,
                message = message.Text,
                entity_id = message.Entity.Value,
                message_id = message.Number,
            }
        );
        return await start.RunAsync(
            new StartRequest(
                caller.TenantId,
                command.Trigger.WorkflowId,
                "command",
                command.Trigger.NodeId,
                input,
                default,
                default,
                null,
                caller.UserId,
                null
            ),
            ct
        );
    }

    private sealed record Command(TriggerRow Trigger, IReadOnlyList<string> Arguments);
}
