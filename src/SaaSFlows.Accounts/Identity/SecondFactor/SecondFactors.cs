using System.Security.Cryptography;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.SecondFactor.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Identity.SecondFactor;

/// <summary>Stores and checks second factors. Singleton.</summary>
internal sealed class SecondFactors(PostgresPools pools, SecretVault vault, GuessLimit guesses, TimeProvider time)
{
    private const string Purpose = "totp";

    public static async Task<bool> IsOnAsync(NpgsqlConnection connection, UserId user, CancellationToken ct)
    {
        await using var find = connection.Command(
            "select exists (select from accounts.second_factors where user_id = $1 and confirmed_at is not null)",
            user.Value
        );
        return (bool)(await find.ExecuteScalarAsync(ct))!;
    }

    public Task<byte[]> SealAsync(UserId user, byte[] secret, CancellationToken ct) => vault.SealAsync(null, Purpose, user.ToString(), secret, ct);

    /// <summary>
    /// Returns the time step of the code and the sealed secret that it was checked with; null if the code is wrong, or the user has no second factor
    /// in that state.
    /// </summary>
    public async Task<(long Step, byte[] Secret)?> StepAsync(UserId user, string code, bool isConfirmed, CancellationToken ct)
    {
        if (await EnvelopeAsync(user, isConfirmed, ct) is not { } envelope)
        {
            return null;
        }

        var opened = await vault.OpenAsync(null, Purpose, user.ToString(), envelope, ct);
        return opened.Match<(long, byte[])?>(
            secret =>
            {
                using (secret)
                {
                    var key = secret.Reveal().ToArray();
                    var step = Totp.StepOf(key, code, time.GetUtcNow());
                    CryptographicOperations.ZeroMemory(key);
                    return step is { } found ? (found, envelope) : null;
                }
            },
            refusal =>
                throw new CryptographicException(
                    $"The second factor of {user} can't be opened ({refusal}): check SAASFLOWS_MASTER_KEY and SAASFLOWS_MASTER_KEY_PREVIOUS."
                )
        );
    }

    /// <summary>Checks a code of the app or a recovery code and uses it up. Returns null, or the error if the code is wrong.</summary>
    public async Task<AccountsError?> UseAsync(UserId user, string? code, ClientInfo from, CancellationToken ct) =>
        (await UseAsync(user, code, null, from, ct)).Error;

    /// <summary>
    /// The same for a sign-in. A recovery code ends its challenge in the same transaction, so that no second code is used up for it.
    /// </summary>
    public async Task<(AccountsError? Error, bool HasEndedChallenge)> UseAsync(
        UserId user,
        string? code,
        string? challenge,
        ClientInfo from,
        CancellationToken ct
    )
    {
        if (await guesses.ChargeAsync(GuessKind.SecondFactor, user.ToString(), from, ct) is { } wait)
        {
            return (new AccountsError.TooManyAttempts(wait), false);
        }

        var text = (code ?? "").Trim();
        // A recovery code also works if the secret of the app can't be opened any more.
        var isRecovery = await UseRecoveryCodeAsync(user, text, challenge, ct);
        if (!isRecovery && !await UseStepAsync(user, text, ct))
        {
            return (new AccountsError.Unauthenticated("totp.wrong", "This code is wrong, too old, or was used before."), false);
        }

        await guesses.ForgiveAsync(GuessKind.SecondFactor, user.ToString(), from, ct);
        return (null, isRecovery && challenge is not null);
    }

    private async Task<byte[]?> EnvelopeAsync(UserId user, bool isConfirmed, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            "select sealed_secret from accounts.second_factors where user_id = $1 and (confirmed_at is not null) = $2",
            user.Value,
            isConfirmed
        );
        return await find.ExecuteScalarAsync(ct) as byte[];
    }

    // If a code is used twice at the same moment, the second one waits for the row and finds the step used.
    private async Task<bool> UseStepAsync(UserId user, string code, CancellationToken ct)
    {
        if (await StepAsync(user, code, isConfirmed: true, ct) is not var (step, secret))
        {
            return false;
        }

        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var use = connection.Command(
            "update accounts.second_factors set last_step = $2 where user_id = $1 and last_step < $2 and sealed_secret = $3",
            user.Value,
            step,
            secret
        );
        return await use.ExecuteNonQueryAsync(ct) == 1;
    }

    // If two codes are sent for one challenge, the second one waits for its row and finds it deleted.
    private async Task<bool> UseRecoveryCodeAsync(UserId user, string code, string? challenge, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var use = connection.Command(
            """
            with ended as (
                delete from accounts.sign_in_challenges
                where token_hash = $3 and exists (select from accounts.recovery_codes where user_id = $1 and code_hash = $2)
                returning token_hash
            )
            delete from accounts.recovery_codes where user_id = $1 and code_hash = $2 and ($3::bytea is null or exists (select from ended))
            """,
            user.Value,
            RecoveryCode.Hash(user, code),
            challenge is null ? DBNull.Value : SignInChallenges.Hash(challenge)
        );
        return await use.ExecuteNonQueryAsync(ct) == 1;
    }
}
