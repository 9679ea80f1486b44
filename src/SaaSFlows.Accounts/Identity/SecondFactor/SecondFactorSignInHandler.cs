using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.SecondFactor;

/// <summary>The second step of a sign-in. Singleton.</summary>
public sealed class SecondFactorSignInHandler
{
    private readonly SecondFactors _factors;
    private readonly SignInChallenges _challenges;
    private readonly SessionOpener _sessions;
    private readonly PostgresPools _pools;
    private readonly AuditLog _audit;

    internal SecondFactorSignInHandler(
        SecondFactors factors,
        SignInChallenges challenges,
        SessionOpener sessions,
        PostgresPools pools,
        AuditLog audit
    ) => (_factors, _challenges, _sessions, _pools, _audit) = (factors, challenges, sessions, pools, audit);

    /// <summary>
    /// Returns the session, or <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.Unauthenticated"/>,
    /// <see cref="AccountsError.TooManyAttempts"/>, <see cref="AccountsError.TenantClosed"/>.
    /// </summary>
    public async Task<AccountsResult<Session>> HandleAsync(string? challenge, string? code, ClientInfo from, CancellationToken ct)
    {
        if (RequiredFields.Missing(("challenge", challenge), ("code", code)) is { } missing)
        {
            return missing;
        }

        if (await FindAsync(challenge, ct) is not { } found)
        {
            return Refused();
        }

        var user = found.User;
        var (error, hasEnded) = await _factors.UseAsync(user.UserId, code, challenge, from, ct);
        if (error is not null)
        {
            await WriteFailedAsync(user.UserId, from, ct);
            return error;
        }

        var chosen = await ChooseAsync(found, hasEnded ? null : challenge, ct);
        return chosen is AccountsResult<Membership>.Done { Value: var membership }
            ? await _sessions.OpenAsync(membership.Caller, user, membership.Tenant, found.ForCookie, from, ct)
            : ((AccountsResult<Membership>.Failed)chosen).Error;
    }

    private async Task<SignInChallenge?> FindAsync(string? challenge, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        return await _challenges.FindAsync(connection, challenge, ct);
    }

    private async Task WriteFailedAsync(UserId user, ClientInfo from, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await _audit.WriteFailedSignInAsync(connection, GuessLimit.AccountKey(GuessKind.SecondFactor, user.ToString()), user, from, ct);
    }

    /// <param name="challenge">The challenge to end; null if it has ended already.</param>
    private async Task<AccountsResult<Membership>> ChooseAsync(SignInChallenge found, string? challenge, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (challenge is not null && !await SignInChallenges.EndAsync(connection, challenge, ct))
        {
            return Refused();
        }

        var chosen = await TenantChoice.FindAsync(connection, found.User, found.Tenant, null, ct);
        if (chosen is AccountsResult<Membership>.Done { Value: var membership })
        {
            await Memberships.UsedAsync(connection, membership, ct);
        }

        return chosen;
    }

    private static AccountsError.Unauthenticated Refused() =>
        new("totp.challenge_refused", "This sign-in has expired or is completed already. Start again with the password.");
}
