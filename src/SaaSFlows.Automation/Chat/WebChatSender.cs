using SaaSFlows.Activities.Chat;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat;

/// <summary>Writes messages of workflows into the web chat, with the permissions of the execution's tenant and community.</summary>
internal sealed class WebChatSender(ChatRoom room) : IChatSender
{
    private const string AuthorName = "Workflow";

    public async ValueTask<ChatSendResult> SendAsync(
        ExecutionRef execution,
        EntityId channel,
        string text,
        string idempotencyKey,
        CancellationToken ct
    )
    {
        if (text.Contains('\0'))
        {
            return new ChatSendResult.Failed(
                "chat.bad_character",
                "The message contains the character U+0000, which a chat message can't hold.",
                Retryable: false
            );
        }

        var scope = new TenantScope(execution.Tenant, CommunityScope.Of(execution.Community));
        var message = new NewChatMessage(text, null, AuthorName, execution.Id, idempotencyKey);
        var stored = await room.AddAsync(scope, channel, message, ct) ?? await room.FindAsync(scope, channel, idempotencyKey, ct);
        return stored is null
            ? new ChatSendResult.Failed("chat.channel_not_found", $"The community has no channel {channel}.", Retryable: false)
            : new ChatSendResult.Sent(stored.Number, stored.SentAt);
    }
}
