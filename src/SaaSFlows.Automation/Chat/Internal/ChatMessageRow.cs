using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat.Internal;

internal sealed class ChatMessageRow : ICommunityOwned
{
    public EntityId EntityId { get; init; }

    public long Number { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public required string AuthorKind { get; init; }

    public UserId? UserId { get; init; }

    public required string AuthorName { get; init; }

    public ExecutionId? ExecutionId { get; init; }

    public string? IdempotencyKey { get; init; }

    public required string Text { get; init; }

    public DateTimeOffset SentAt { get; init; }
}
