using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Api.Streams;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// Ends streams whose caller has lost what they were opened with: looks once a second, which costs no query unless something that concerns the caller
/// was changed. Singleton.
/// </summary>
internal sealed class StreamGuard(AccessFreshness freshness, OutsideTokens outside, ApiKeyAuthentication apiKeys, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>The events as they come; where access is lost, a last one whose data is a <see cref="LostAccess"/>.</summary>
    /// <param name="permission">What the route needs.</param>
    /// <param name="sees">Whether the caller, as of then, still sees what the stream is about. Asked at first, and when something was
    /// changed.</param>
    public IAsyncEnumerable<ServerSentEvent> WatchAsync(
        HttpContext http,
        string permission,
        Func<Caller, CancellationToken, Task<bool>> sees,
        IAsyncEnumerable<ServerSentEvent> events,
        CancellationToken ct
    ) => WatchAsync(http, permission, null, sees, events, lost => new ServerSentEvent(null, "end", lost), ct);

    /// <summary>The same for streams of other items.</summary>
    /// <param name="workflow">Whose grants also decide who sees it; null where none do.</param>
    /// <param name="end">The last item where access is lost.</param>
    public async IAsyncEnumerable<T> WatchAsync<T>(
        HttpContext http,
        string permission,
        WorkflowId? workflow,
        Func<Caller, CancellationToken, Task<bool>> sees,
        IAsyncEnumerable<T> items,
        Func<LostAccess, T> end,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var source = items.GetAsyncEnumerator(stop.Token);
        var next = source.MoveNextAsync().AsTask();
        try
        {
            var tick = Task.Delay(Every, time, stop.Token);
            long? known = null;
            while (true)
            {
                await Task.WhenAny(next, tick);
                ct.ThrowIfCancellationRequested();
                if (tick.IsCompleted)
                {
                    // Before the question: what changes meanwhile is seen at the next look.
                    var version = freshness.Version(http.Caller(), workflow);
                    var (caller, lost) = await CurrentAsync(http, permission, ct);
                    lost ??= version == known || await sees(caller!, ct) ? null : LostAccess.Changed;
                    if (lost is not null)
                    {
                        yield return end(lost);
                        yield break;
                    }

                    known = version;
                    tick = Task.Delay(Every, time, stop.Token);
                }

                if (next.IsCompleted)
                {
                    if (!await next)
                    {
                        yield break;
                    }

                    yield return source.Current;
                    next = source.MoveNextAsync().AsTask();
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<(Caller? Caller, LostAccess? Lost)> CurrentAsync(HttpContext http, string permission, CancellationToken ct)
    {
        var (token, other, key) = (http.Features.Get<ValidToken>(), http.Features.Get<OutsideToken>(), http.Features.Get<ApiKeyInUse>());
        if ((token?.ExpiresAt ?? other?.ExpiresAt) <= time.GetUtcNow())
        {
            return (null, LostAccess.Expired);
        }

        var caller =
            token is not null ? (await freshness.CurrentAsync(token, ct))?.Caller
            : other is not null ? await outside.CurrentAsync(other, ct)
            : key is not null ? (await apiKeys.AuthenticateAsync(key.Secret, ct)).Match<Caller?>(current => current, _ => null)
            : null;
        return caller is null ? (null, LostAccess.Ended)
            : caller.May(permission) ? (caller, null)
            : (caller, LostAccess.Missing);
    }
}

/// <summary>Why a stream ended before what it tells of did.</summary>
internal sealed record LostAccess(string Reason, string Message)
{
    public static readonly LostAccess Expired = new("token.expired", "The access token has expired. Get a new one and connect again.");

    public static readonly LostAccess Ended = new("access.ended", "The session, the key, the trust or the membership has ended. Sign in again.");

    public static readonly LostAccess Missing = new("permission.missing", "You do not have the permission for this any more.");

    public static readonly LostAccess Changed = new("access.changed", "You do not see this any more.");

    /// <summary>The close code for WebSockets, from the range for private use: like the status of an answer.</summary>
    public int CloseCode() => ReferenceEquals(this, Expired) || ReferenceEquals(this, Ended) ? 4401 : 4403;
}

/// <summary>The key that a request came with.</summary>
internal sealed record ApiKeyInUse(string Secret)
{
    public override string ToString() => "***";
}
