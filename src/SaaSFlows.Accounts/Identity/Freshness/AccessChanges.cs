using System.Collections.Concurrent;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Freshness;

/// <summary>The changes of rights within one token lifetime, in memory: one entry for each user and each tenant with a change.</summary>
internal sealed class AccessChanges(AccessTokenOptions options, TimeProvider time)
{
    /// <summary>A process that has not read the feed for this long trusts no token.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Between reading a membership and signing the token that tells of it, between two processes' clocks, and between a commit and our look at the
    // feed.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private const int MostWorkflows = 100_000;

    private readonly ConcurrentDictionary<(Guid Tenant, Guid User), Seen> _subjects = new();
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _ended = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, UserId User), Answer> _answers = new();
    private readonly ConcurrentDictionary<Guid, Seen> _workflows = new();
    private long _count;

    // What was read before is not known to hold: nobody remembers older changes of workflows.
    private long _workflowsSince;
    private long _workflowsForgotten;
    private long _heardAt = long.MinValue;

    /// <summary>True before the feed was read for the first time, and when the last time is too long ago.</summary>
    public bool IsBehind => Volatile.Read(ref _heardAt) is var at && (at == long.MinValue || time.GetElapsedTime(at) > Patience);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Notes that the feed was read, and showed the database at this timestamp or later.</summary>
    public void Heard(long timestamp) => Volatile.Write(ref _heardAt, timestamp);

    /// <summary>Adds a change. The current time counts, because the time of the change does not reveal the time of its commit.</summary>
    public void Add(Guid? tenant, Guid? user, Guid? session, Guid? workflow)
    {
        var now = time.GetUtcNow();
        if (workflow is { } restricted)
        {
            if (_workflows.Count >= MostWorkflows)
            {
                Volatile.Write(ref _workflowsSince, (now + Margin).UtcTicks);
                Volatile.Write(ref _workflowsForgotten, Interlocked.Increment(ref _count));
                _workflows.Clear();
            }

            _workflows[restricted] = new(Interlocked.Increment(ref _count), now);
        }
        else if (session is { } ended)
        {
            _ended[ended] = now;
        }
        else
        {
            _subjects[(tenant ?? Guid.Empty, user ?? Guid.Empty)] = new(Interlocked.Increment(ref _count), now);
        }
    }

    /// <summary>Whether the grants of this workflow may have changed since they were read.</summary>
    public bool HasChanged(WorkflowId workflow, DateTimeOffset readAt) =>
        readAt.UtcTicks <= Volatile.Read(ref _workflowsSince) || (_workflows.TryGetValue(workflow.Value, out var seen) && readAt <= seen.At + Margin);

    /// <summary>The number of changes that this process has read.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The number of the last change that concerns the user or, without a user, the whole tenant.</summary>
    public long Last(TenantId tenant, UserId? user) => Newest(tenant, user?.Value ?? Guid.Empty).Number;

    /// <summary>The number of the last change of the grants of the workflow.</summary>
    public long Last(WorkflowId workflow) => Math.Max(_workflows.GetValueOrDefault(workflow.Value).Number, Volatile.Read(ref _workflowsForgotten));

    public bool HasEnded(SessionId session) => _ended.ContainsKey(session.Value);

    /// <summary>Returns the newest change after the token was made; null if there is none.</summary>
    public long? Since(TenantId tenant, UserId user, DateTimeOffset issuedAt)
    {
        var newest = Newest(tenant, user.Value);
        return newest.Number > 0 && issuedAt <= newest.At + Margin ? newest.Number : null;
    }

    /// <summary>
    /// What the database said after that change, and after the token was made: else a role just given would be denied to a token that has it.
    /// </summary>
    public bool TryGet(TenantId tenant, UserId user, long version, DateTimeOffset issuedAt, out Caller? now)
    {
        // Tokens count in whole seconds.
        var found =
            _answers.TryGetValue((tenant, user), out var answer) && answer.Version == version && answer.At >= issuedAt + TimeSpan.FromSeconds(1);
        now = found ? answer.Now : null;
        return found;
    }

    /// <param name="asked">Before the database was.</param>
    public void Keep(TenantId tenant, UserId user, long version, Caller? now, DateTimeOffset asked) =>
        _answers[(tenant, user)] = new(version, now, asked);

    /// <summary>Removes changes that concern no token any more.</summary>
    public void Forget()
    {
        var oldest = time.GetUtcNow() - options.Lifetime - (2 * Margin);
        Remove(_subjects, seen => seen.At < oldest);
        Remove(_ended, at => at < oldest);
        Remove(_answers, answer => answer.At < oldest);
    }

    private static void Remove<TKey, TValue>(ConcurrentDictionary<TKey, TValue> all, Func<TValue, bool> isOld)
        where TKey : notnull
    {
        foreach (var pair in all.Where(pair => isOld(pair.Value)))
        {
            all.TryRemove(pair);
        }
    }

    private static Seen Newest(Seen one, Seen other) => one.Number >= other.Number ? one : other;

    private Seen Newest(TenantId tenant, Guid user) =>
        Newest(Newest(Find(tenant.Value, user), Find(tenant.Value, Guid.Empty)), Find(Guid.Empty, user));

    private Seen Find(Guid tenant, Guid user) => _subjects.GetValueOrDefault((tenant, user));

    private readonly record struct Seen(long Number, DateTimeOffset At);

    private readonly record struct Answer(long Version, Caller? Now, DateTimeOffset At);
}
