using SaaSFlows.Accounts.Access;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Freshness;

/// <summary>
/// Checks which permissions of a token still hold. A token is an upper bound; a change that concerns its user narrows it within five seconds after
/// the commit, in every process. It needs no query without such a change, and one query per change. Singleton, safe for concurrent use.
/// </summary>
public sealed class AccessFreshness
{
    private readonly AccessChanges _changes;
    private readonly PostgresPools _pools;

    internal AccessFreshness(AccessChanges changes, PostgresPools pools) => (_changes, _pools) = (changes, pools);

    /// <summary>Returns the token with current permissions; null if the session or the membership has ended or the tenant is not active.</summary>
    public async ValueTask<ValidToken?> CurrentAsync(ValidToken token, CancellationToken ct)
    {
        var caller = token.Caller;
        if (_changes.HasEnded(token.Session))
        {
            return null;
        }

        if (_changes.IsBehind)
        {
            return await HasEndedAsync(token, ct) ? null : Narrow(token, await ReadAsync(caller, ct));
        }

        if (_changes.Since(caller.TenantId, caller.UserId, token.IssuedAt) is not { } version)
        {
            return token;
        }

        if (!_changes.TryGet(caller.TenantId, caller.UserId, version, token.IssuedAt, out var now))
        {
            var asked = _changes.Now;
            now = await ReadAsync(caller, ct);
            _changes.Keep(caller.TenantId, caller.UserId, version, now, asked);
        }

        return Narrow(token, now);
    }

    /// <summary>Returns a number that changes with every change that concerns the caller or the grants of the workflow.</summary>
    public long Version(Caller caller, WorkflowId? workflow) =>
        Math.Max(_changes.Last(caller.TenantId, caller.UserId), workflow is { } restricted ? _changes.Last(restricted) : 0);

    private static ValidToken? Narrow(ValidToken token, Caller? now) =>
        now is null
            ? null
            : token with
            {
                Caller = token.Caller with
                {
                    Permissions = token.Caller.Permissions.Where(now.Permissions.Contains).ToHashSet(),
                    Communities = token.Caller.Communities.Narrow(now.Communities),
                },
            };

    private async Task<Caller?> ReadAsync(Caller caller, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        return (await Memberships.FindAsync(connection, new(caller.UserId, caller.Username, ""), caller.TenantId, ct))?.Caller;
    }

    private async Task<bool> HasEndedAsync(ValidToken token, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select exists (select from accounts.access_changes where session_id = $1)",
            token.Session.Value
        );
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
