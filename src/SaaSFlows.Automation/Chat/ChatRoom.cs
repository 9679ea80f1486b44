using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Chat.Internal;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Chat;

/// <summary>The built-in web chat of an entity: reads, stores and streams its messages.</summary>
public sealed class ChatRoom(TenantDatabase database, JournalFeed feed, TimeProvider time)
{
    /// <summary>The maximum number of characters of a message.</summary>
    public const int MaxText = 4000;

    private const int FollowBatch = 200;

    private static readonly TimeSpan SafetyPoll = TimeSpan.FromSeconds(1);

    /// <summary>Returns the newest messages, or those before <paramref name="before"/>; null if the caller can see no such entity.</summary>
    public Task<ChatHistory?> HistoryAsync(Caller caller, EntityId entity, long? before, int limit, CancellationToken ct) =>
        database.RunAsync(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (await Places.FindAsync(db, null, entity, cancel) is [])
                {
                    return null;
                }

                var newestFirst = await db.Set<ChatMessageRow>()
                    .AsNoTracking()
                    .Where(row => row.EntityId == entity && (before == null || row.Number < before))
                    .OrderByDescending(row => row.Number)
                    .Take(limit + 1)
                    .ToListAsync(cancel);
                var messages = newestFirst.Take(limit).Reverse().Select(ToMessage).ToList();
                return new ChatHistory(messages, newestFirst.Count > limit);
            },
            ct
        );

    /// <summary>Streams the messages after <paramref name="after"/> until the caller disconnects. Ends at once if there is no such entity.</summary>
    public async IAsyncEnumerable<ChatMessage> FollowAsync(
        Caller caller,
        EntityId entity,
        long after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        using var changes = feed.Subscribe(FeedTopic.Chat(entity));
        while (true)
        {
            var news = await database.RunAsync(
                caller.Scope(),
                (db, cancel) =>
                    db.Set<ChatMessageRow>()
                        .AsNoTracking()
                        .Where(row => row.EntityId == entity && row.Number > after)
                        .OrderBy(row => row.Number)
                        .Take(FollowBatch)
                        .ToListAsync(cancel),
                ct
            );
            foreach (var row in news)
            {
                after = row.Number;
                yield return ToMessage(row);
            }

            if (news.Count < FollowBatch)
            {
                await changes.NextAsync(SafetyPoll, ct);
            }
        }
    }

    /// <summary>Stores a message. Returns null if the scope has no such entity, or if a message with this key exists.</summary>
    internal async Task<ChatMessage?> AddAsync(TenantScope scope, EntityId entity, NewChatMessage message, CancellationToken ct)
    {
        var added = await database.RunAsync(
            scope,
            async (db, cancel) =>
            {
                // The row lock of the entity orders the messages, so a reader that resumes by number misses none.
                if (
                    await Places.FindAsync(db, null, entity, cancel) is not [var place]
                    || await Places.LockLastMessageAsync(db, entity, cancel) is not { } last
                )
                {
                    return null;
                }

                if (
                    message.IdempotencyKey is { } key
                    && await db.Set<ChatMessageRow>().AnyAsync(row => row.EntityId == entity && row.IdempotencyKey == key, cancel)
                )
                {
                    return null;
                }

                var number = last + 1;
                await Places.SetLastMessageAsync(db, entity, number, cancel);

                var row = new ChatMessageRow
                {
                    EntityId = entity,
                    Number = number,
                    TenantId = scope.Tenant,
                    CommunityId = place.Community,
                    AuthorKind = message.User is null ? "workflow" : "user",
                    UserId = message.User,
                    AuthorName = message.AuthorName,
                    ExecutionId = message.Execution,
                    IdempotencyKey = message.IdempotencyKey,
                    Text = message.Text,
                    SentAt = time.GetUtcNow(),
                };
                db.Add(row);
                await db.SaveChangesAsync(cancel);
                return ToMessage(row);
            },
            ct
        );
        if (added is not null)
        {
            feed.Publish(FeedTopic.Chat(entity));
        }

        return added;
    }

    /// <summary>Returns the message with this key, or null if there is none.</summary>
    internal Task<ChatMessage?> FindAsync(TenantScope scope, EntityId entity, string idempotencyKey, CancellationToken ct) =>
        database.RunAsync(
            scope,
            async (db, cancel) =>
                await db.Set<ChatMessageRow>()
                    .AsNoTracking()
                    .SingleOrDefaultAsync(row => row.EntityId == entity && row.IdempotencyKey == idempotencyKey, cancel)
                    is { } row
                    ? ToMessage(row)
                    : null,
            ct
        );

    private static ChatMessage ToMessage(ChatMessageRow row) =>
        new(row.Number, row.EntityId, row.AuthorKind, row.UserId, row.AuthorName, row.ExecutionId, row.Text, row.SentAt);
}

/// <summary>A message to store.</summary>
/// <param name="User">Null for a workflow's message.</param>
/// <param name="IdempotencyKey">Of a workflow's message: a second one with the same key is not stored.</param>
internal sealed record NewChatMessage(string Text, UserId? User, string AuthorName, ExecutionId? Execution, string? IdempotencyKey);
