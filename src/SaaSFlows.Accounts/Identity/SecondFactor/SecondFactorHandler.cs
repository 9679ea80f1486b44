using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity.SecondFactor.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity.SecondFactor;

/// <summary>Switches the caller's own second factor on and off. Singleton.</summary>
public sealed class SecondFactorHandler
{
    private readonly SecondFactors _factors;
    private readonly GuessLimit _guesses;
    private readonly PostgresPools _pools;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal SecondFactorHandler(SecondFactors factors, GuessLimit guesses, PostgresPools pools, AuditLog audit, TimeProvider time) =>
        (_factors, _guesses, _pools, _audit, _time) = (factors, guesses, pools, audit, time);

    /// <summary>Returns whether it is on.</summary>
    public async Task<SecondFactorState> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            """
            select f.confirmed_at, (select count(*)::int from accounts.recovery_codes c where c.user_id = f.user_id)
            from accounts.second_factors f where f.user_id = $1 and f.confirmed_at is not null
            """,
            caller.UserId.Value
        );
        return await find.ListAsync(row => new SecondFactorState(row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1)), ct) is [var on]
            ? on
            : new(null, 0);
    }

    /// <summary>
    /// Creates a secret for an authenticator app. Nothing changes before it is confirmed. Returns <see cref="AccountsError.Conflict"/> if a second
    /// factor is on.
    /// </summary>
    public async Task<AccountsResult<NewSecondFactor>> BeginAsync(Caller caller, CancellationToken ct)
    {
        var secret = Totp.NewSecret();
        var envelope = await _factors.SealAsync(caller.UserId, secret, ct);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var insert = connection.Command(
            """
            insert into accounts.second_factors as f (user_id, sealed_secret) values ($1, $2)
            on conflict (user_id) do update set sealed_secret = excluded.sealed_secret where f.confirmed_at is null
            """,
            caller.UserId.Value,
            envelope
        );
        if (await insert.ExecuteNonQueryAsync(ct) == 0)
        {
            return new AccountsError.Conflict("totp.active", "A second factor is on already. Switch it off first.");
        }

        var text = Totp.Encode(secret);
        return new NewSecondFactor(text, new Uri($"otpauth://totp/SaaSFlows:{Uri.EscapeDataString(caller.Username)}?secret={text}&issuer=SaaSFlows"));
    }

    /// <summary>
    /// Switches it on with the first code of the app, and returns the recovery codes. Errors: <see cref="AccountsError.Invalid"/>,
    /// <see cref="AccountsError.TooManyAttempts"/>.
    /// </summary>
    public async Task<AccountsResult<IReadOnlyList<string>>> ConfirmAsync(Caller caller, string? code, CancellationToken ct)
    {
        if (await _guesses.ChargeAsync(GuessKind.SecondFactor, caller.UserId.ToString(), caller.From, ct) is { } wait)
        {
            return new AccountsError.TooManyAttempts(wait);
        }

        List<string> codes = [.. Enumerable.Range(0, RecoveryCode.Count).Select(_ => RecoveryCode.New())];
        if (
            await _factors.StepAsync(caller.UserId, (code ?? "").Trim(), isConfirmed: false, ct) is not var (step, secret)
            || !await SwitchOnAsync(caller, secret, step, codes, ct)
        )
        {
            return new AccountsError.Invalid(new Dictionary<string, string[]> { ["code"] = ["This is not the app's code for the newest secret."] });
        }

        await _guesses.ForgiveAsync(GuessKind.SecondFactor, caller.UserId.ToString(), caller.From, ct);
        return codes;
    }

    // False if the secret was replaced, or confirmed, since its code was checked.
    private async Task<bool> SwitchOnAsync(Caller caller, byte[] secret, long step, List<string> codes, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var confirm = connection.Command(
            "update accounts.second_factors set confirmed_at = $2, last_step = $3 where user_id = $1 and sealed_secret = $4 and confirmed_at is null",
            caller.UserId.Value,
            _time.GetUtcNow(),
            step,
            secret
        );
        if (await confirm.ExecuteNonQueryAsync(ct) == 0)
        {
            return false;
        }

        await using var insert = connection.Command(
            "insert into accounts.recovery_codes (user_id, code_hash) select $1, unnest($2)",
            caller.UserId.Value,
            codes.Select(c => RecoveryCode.Hash(caller.UserId, c)).ToArray()
        );
        await insert.ExecuteNonQueryAsync(ct);
        await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.SecondFactorOn, Target(caller)), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Switches it off. It needs a code of the app or a recovery code, so that a stolen session is not enough. Returns null or the error.
    /// </summary>
    public async Task<AccountsError?> RemoveAsync(Caller caller, string? code, CancellationToken ct)
    {
        if ((await GetAsync(caller, ct)).Since is null)
        {
            return new AccountsError.NotFound("second factor");
        }

        switch (await _factors.UseAsync(caller.UserId, code, caller.From, ct))
        {
            case AccountsError.Unauthenticated wrong:
                return new AccountsError.Invalid(new Dictionary<string, string[]> { ["code"] = [wrong.Message] });
            case { } error:
                return error;
        }

        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var remove = connection.Command("delete from accounts.second_factors where user_id = $1", caller.UserId.Value);
        await remove.ExecuteNonQueryAsync(ct);
        await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.SecondFactorOff, Target(caller)), ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    private static AuditTarget Target(Caller caller) => new("user", caller.UserId.ToString(), caller.Username);
}

/// <summary>The state of a second factor.</summary>
/// <param name="Since">When it was switched on; null if it is off.</param>
/// <param name="RecoveryCodesLeft">The number of unused recovery codes.</param>
public sealed record SecondFactorState(DateTimeOffset? Since, int RecoveryCodesLeft);

/// <summary>A new secret, which is shown only once.</summary>
/// <param name="Secret">Base32, to be typed.</param>
/// <param name="Uri">The same as a link, to be shown as a QR code.</param>
public sealed record NewSecondFactor(string Secret, Uri Uri)
{
    public override string ToString() => "***";
}
