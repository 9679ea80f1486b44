using SaaSFlows.Automation.Results;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat;

/// <summary>A message in an entity's chat.</summary>
/// <param name="Number">1, 2, 3, … within the entity, in the order in which messages were stored.</param>
/// <param name="AuthorKind">user or workflow.</param>
/// <param name="Execution">The execution that wrote it, for a workflow's message.</param>
public sealed record ChatMessage(
    long Number,
    EntityId Entity,
    string AuthorKind,
    UserId? User,
    string AuthorName,
    ExecutionId? Execution,
    string Text,
    DateTimeOffset SentAt
);

/// <summary>A page of messages in the order in which they were stored.</summary>
/// <param name="HasMore">Whether older ones exist.</param>
public sealed record ChatHistory(IReadOnlyList<ChatMessage> Messages, bool HasMore);

/// <summary>A stored message with its effects.</summary>
/// <param name="Started">Executions that it started as a command.</param>
/// <param name="Refused">Workflows whose start was refused, with the reasons.</param>
public sealed record PostedMessage(ChatMessage Message, IReadOnlyList<ExecutionId> Started, IReadOnlyList<RefusedCommand> Refused)
{
    /// <summary>Executions whose wait it ended.</summary>
    public required IReadOnlyList<ExecutionId> Answered { get; init; }
}

/// <summary>A workflow whose start by a command was refused.</summary>
public sealed record RefusedCommand(WorkflowId Workflow, AutomationError Reason);
