using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Audit.Internal;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.SecondFactor.Internal;
using SaaSFlows.Accounts.Tenants.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.SecondFactor;

/// <summary>The second half of a sign-in. Singleton.</summary>
public sealed class SecondFactorSignInHandler
{
    private readonly SecondFactors _factors;
    private readonly SignInChallenges _challenges;
    private readonly SessionOpener _sessions;
    private readonly PostgresPools _pools;
    private readonly AuditLog _audit;

    internal SecondFactorSignInHandler(SecondFactors factors, SignInChallenges challenges, SessionOpener sessions, PostgresPools pools, AuditLog audit) =>
        (_factors, _challenges, _sessions, _pools, _audit) = (factors, challenges, sessions, pools, audit);

    /// <summary>The session, or <see cref="AccountsError.Unauthenticated"/>, <see cref="AccountsError.TooManyAttempts"/>, <see cref="AccountsError.TenantClosed"/>.</summary>
    public async Task<AccountsResult<Session>> HandleAsync(string? challenge, string? code, ClientInfo from, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (await _challenges.FindAsync(connection, challenge, ct) is not { } found)
        {
            return Refused();
        }

        var user = found.User;
        if (await _factors.UseAsync(connection, user.UserId, code, from, ct) is { } error)
        {
            await _audit.WriteFailedSignInAsync(connection, GuessLimit.AccountKey(GuessKind.SecondFactor, user.UserId.ToString()), user.UserId, from, ct);
            return error;
        }

        if (!await SignInChallenges.EndAsync(connection, challenge!, ct))
        {
            return Refused();
        }

        var chosen = await TenantChoice.FindAsync(connection, user, found.Tenant, null, ct);
        if (chosen is not AccountsResult<Membership>.Done { Value: var membership })
        {
            return ((AccountsResult<Membership>.Failed)chosen).Error;
        }

        await using var used = connection.Command("select accounts.membership_used($1, $2)", membership.Tenant.TenantId.Value, user.UserId.Value);
        await used.ExecuteNonQueryAsync(ct);
        return await _sessions.OpenAsync(membership.Caller, user, membership.Tenant, found.ForCookie, from, ct);
    }

    private static AccountsError.Unauthenticated Refused() => new("totp.challenge_refused", "This sign-in took too long, or is done. Begin again with the password.");
}
