using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Publishes an event: starts the workflows that it triggers and resumes the executions that wait for it.</summary>
public sealed partial class PublishEvent
{
    private readonly TenantDatabase database;
    private readonly EventKeys keys;
    private readonly EventStore store;
    private readonly SetOffEvent setOff;
    private readonly EngineLimits limits;
    private readonly TimeProvider time;

    internal PublishEvent(TenantDatabase database, EventKeys keys, EventStore store, SetOffEvent setOff, EngineLimits limits, TimeProvider time) =>
        (this.database, this.keys, this.store, this.setOff, this.limits, this.time) = (database, keys, store, setOff, limits, time);

    /// <summary>When this returns, everything in the answer is stored.</summary>
    /// <param name="idempotencyKey">A second call with the same key and event has no effect and gets the first answer; null for none.</param>
    public async Task<Result<PublishedEvent>> RunAsync(Caller caller, NewEvent news, string? idempotencyKey, CancellationToken ct)
    {
        if (Problems(news, idempotencyKey) is { Count: > 0 } problems)
        {
            return new AutomationError.BadInput(problems);
        }

        if (
            news.Community is { } community
            && await database.RunAsync(caller.Scope(), (db, cancel) => Places.FindAsync(db, community, null, cancel), ct) is []
        )
        {
            return new AutomationError.NotFound("community");
        }

        if (!CommunityPlace.Of(caller, news.Community, Permission.ExecuteWorkflows).IsOk(out var place, out var nowhere))
        {
            return nowhere;
        }

        var at = time.GetUtcNow();
        var entry = new EventKeyEntry(new(Guid.CreateVersion7(at)), at, null, IsNew: true);
        if (TriggerInputs.TooLarge(StoredEvent.Of(entry.Id, caller.UserId, place.Community, news, at).Payload(), limits) is { } large)
        {
            return large;
        }

        if (idempotencyKey is not null)
        {
            if (await keys.EnterAsync(caller, idempotencyKey, HashOf(news), ct) is not { } entered)
            {
                return new AutomationError.Conflict("event.body_differs", "This idempotency key was used before with another event.");
            }

            entry = entered;
        }

        if (entry.Answer is { } answered)
        {
            return answered with { IsRepeat = true };
        }

        var appended = await store.AppendAsync(caller, entry.Id, place.Community, news, entry.At, ct);
        if (appended.Event is not { } stored)
        {
            return new AutomationError.Conflict(
                "event.version_differs",
                $"The aggregate has the version {appended.Version}, not {news.ExpectedVersion}."
            )
            {
                Details = new Dictionary<string, object?> { ["expected_version"] = news.ExpectedVersion, ["current_version"] = appended.Version },
            };
        }

        var published = await setOff.RunAsync(caller.TenantId, stored, caller.Scope().GrantedTo, entry.IsNew, ct);
        if (idempotencyKey is not null)
        {
            await keys.AnswerAsync(caller, idempotencyKey, published, ct);
        }

        return published;
    }

    private const string Unseen = "must not contain invisible characters.";

    [GeneratedRegex(@"\A[A-Za-z0-9_.:-]{1,200}\z")]
    private static partial Regex PlainType();

    private static Dictionary<string, string> Problems(NewEvent news, string? idempotencyKey)
    {
        var problems = new Dictionary<string, string>();
        if (news.Type is null || !PlainType().IsMatch(news.Type))
        {
            problems["event_type"] = "is required: 1 to 200 letters, digits, '_', '.', ':' or '-'.";
        }

        foreach (var (name, text) in new[] { ("aggregate_id", news.AggregateId), ("aggregate_type", news.AggregateType) })
        {
            if ((WorkflowFields.TextProblem(text, 200) ?? (text is null || NameText.IsVisibleId(text) ? null : Unseen)) is { } problem)
            {
                problems[name] = problem;
            }
        }

        if (news.AggregateId is "")
        {
            problems["aggregate_id"] = "must not be empty.";
        }

        if (news.ExpectedVersion is not null && (news.ExpectedVersion < 0 || news.AggregateId is null))
        {
            problems["expected_version"] = "must be a whole number of at least 0, with an aggregate_id.";
        }

        if (idempotencyKey is not null && (idempotencyKey.Length > 255 || idempotencyKey.Any(letter => letter is < '!' or > '~')))
        {
            problems["Idempotency-Key"] = "must have at most 255 visible characters.";
        }

        return problems;
    }

    private static byte[] HashOf(NewEvent news) =>
        SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    news.Type,
                    Data = news.Data.ValueKind == JsonValueKind.Undefined ? null : news.Data.GetRawText(),
                    news.AggregateId,
                    news.AggregateType,
                    Metadata = news.Metadata.ValueKind == JsonValueKind.Undefined ? null : news.Metadata.GetRawText(),
                    Community = news.Community?.Value,
                    news.ExpectedVersion,
                }
            )
        );
}
