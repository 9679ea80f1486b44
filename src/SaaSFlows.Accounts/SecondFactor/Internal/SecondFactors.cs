using Npgsql;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.SecondFactor.Internal;

/// <summary>Keeps and checks second factors. Singleton.</summary>
internal sealed class SecondFactors(SecretVault vault, GuessLimit guesses, TimeProvider time)
{
    private const string Purpose = "totp";

    public static async Task<bool> IsOnAsync(NpgsqlConnection connection, UserId user, CancellationToken ct)
    {
        await using var find = connection.Command("select exists (select from accounts.second_factors where user_id = $1 and confirmed_at is not null)", user.Value);
        return (bool)(await find.ExecuteScalarAsync(ct))!;
    }

    public Task<byte[]> SealAsync(UserId user, byte[] secret, CancellationToken ct) => vault.SealAsync(null, Purpose, user.ToString(), secret, ct);

    /// <summary>The step that the code is of, by the user's secret; null if it is of none, or the user has no second factor in that state.</summary>
    public async Task<long?> StepAsync(NpgsqlConnection connection, UserId user, string code, bool isConfirmed, CancellationToken ct)
    {
        await using var find = connection.Command(
            "select sealed_secret from accounts.second_factors where user_id = $1 and (confirmed_at is not null) = $2", user.Value, isConfirmed);
        if (await find.ExecuteScalarAsync(ct) is not byte[] envelope)
        {
            return null;
        }

        var opened = await vault.OpenAsync(null, Purpose, user.ToString(), envelope, ct);
        return opened.Match(
            secret =>
            {
                using (secret)
                {
                    return Totp.StepOf(secret.Reveal().Span, code, time.GetUtcNow());
                }
            },
            refusal => throw new InvalidOperationException($"The second factor of {user} can't be opened ({refusal}): check SAASFLOWS_MASTER_KEY and SAASFLOWS_MASTER_KEY_PREVIOUS."));
    }

    /// <summary>Null if the code of the authenticator, or a recovery code, was right: it is used up now. Else why not.</summary>
    public async Task<AccountsError?> UseAsync(NpgsqlConnection connection, UserId user, string? code, ClientInfo from, CancellationToken ct)
    {
        if (await guesses.ChargeAsync(GuessKind.SecondFactor, user.ToString(), from, ct) is { } wait)
        {
            return new AccountsError.TooManyAttempts(wait);
        }

        var text = (code ?? "").Trim();
        if (!await UseStepAsync(connection, user, text, ct) && !await UseRecoveryCodeAsync(connection, user, text, ct))
        {
            return new AccountsError.Unauthenticated("totp.wrong", "This code is wrong, too old, or was used before.");
        }

        await guesses.ForgiveAsync(GuessKind.SecondFactor, user.ToString(), from, ct);
        return null;
    }

    // Of two with the same code the second waits for the first's row, and finds the step used.
    private async Task<bool> UseStepAsync(NpgsqlConnection connection, UserId user, string code, CancellationToken ct)
    {
        if (await StepAsync(connection, user, code, isConfirmed: true, ct) is not { } step)
        {
            return false;
        }

        await using var use = connection.Command("update accounts.second_factors set last_step = $2 where user_id = $1 and last_step < $2", user.Value, step);
        return await use.ExecuteNonQueryAsync(ct) == 1;
    }

    private static async Task<bool> UseRecoveryCodeAsync(NpgsqlConnection connection, UserId user, string code, CancellationToken ct)
    {
        await using var use = connection.Command("delete from accounts.recovery_codes where user_id = $1 and code_hash = $2", user.Value, RecoveryCode.Hash(user, code));
        return await use.ExecuteNonQueryAsync(ct) == 1;
    }
}
