using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Issuers.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers;

/// <summary>
/// Creates, changes and deletes the trusts of a tenant in other issuers; the routes ask for <see cref="Permission.ManageTenant"/>. Singleton.
/// </summary>
public sealed class TrustedIssuersHandler
{
    private const int MostTrusts = 20;

    private static readonly AccountsError _none = new AccountsError.NotFound("trusted issuer");

    private readonly TenantDatabase _database;
    private readonly AccessTokens _tokens;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal TrustedIssuersHandler(TenantDatabase database, AccessTokens tokens, AuditLog audit, TimeProvider time) =>
        (_database, _tokens, _audit, _time) = (database, tokens, audit, time);

    /// <summary>By name.</summary>
    public Task<AccountsList<TrustedIssuer>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                var all = await TrustedIssuerTable.ListAsync(connection, skip, take, token);
                return new AccountsList<TrustedIssuer>(all, await TrustedIssuerTable.CountAsync(connection, token));
            },
            ct
        );

    /// <summary>Returns a trust, or <see cref="AccountsError.NotFound"/> if the tenant has none with this id.</summary>
    public Task<AccountsResult<TrustedIssuer>> GetAsync(Caller caller, TrustedIssuerId id, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), (connection, token) => FindAsync(connection, id, token), ct);

    /// <summary>
    /// The new trust, or <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.PermissionDenied"/>, <see cref="AccountsError.Conflict"/>.
    /// </summary>
    public Task<AccountsResult<TrustedIssuer>> CreateAsync(Caller caller, WriteTrustedIssuer command, CancellationToken ct) =>
        WriteAsync(
            caller,
            async (connection, token) =>
            {
                var now = Now();
                var trust = Apply(new(new(Guid.CreateVersion7()), "", "", "", null, ["RS256", "ES256"], "sub", [], [], null, now, now), command);
                if (await RefusalAsync(connection, caller, trust, command, token) is { } refused)
                {
                    return refused;
                }

                await connection.OneByOneAsync(caller, "trusted_issuers", token);
                if (await TrustedIssuerTable.CountAsync(connection, token) >= MostTrusts)
                {
                    return new AccountsError.Conflict("trusted_issuer.too_many", $"A tenant trusts {MostTrusts} issuers at most.");
                }

                await TrustedIssuerTable.InsertAsync(connection, caller, trust, token);
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.TrustedIssuerCreated, Target(trust), null, Shown(trust)),
                    token
                );
                return trust;
            },
            ct
        );

    /// <summary>
    /// Changes the given fields. Errors are those of <see cref="CreateAsync"/> and <see cref="AccountsError.NotFound"/>. Takes effect in every
    /// process within five seconds.
    /// </summary>
    public Task<AccountsResult<TrustedIssuer>> ChangeAsync(Caller caller, TrustedIssuerId id, WriteTrustedIssuer command, CancellationToken ct) =>
        WriteAsync(
            caller,
            async (connection, token) =>
            {
                var found = await FindAsync(connection, id, token);
                if (found is not AccountsResult<TrustedIssuer>.Done { Value: var before })
                {
                    return found;
                }

                var after = Apply(before, command) with { UpdatedAt = Now() };
                if (await RefusalAsync(connection, caller, after, command, token) is { } refused)
                {
                    return refused;
                }

                await TrustedIssuerTable.UpdateAsync(connection, caller, after, token);
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.TrustedIssuerChanged, Target(after), Shown(before), Shown(after)),
                    token
                );
                return after;
            },
            ct
        );

    /// <summary>
    /// Deletes the trust. Its tokens are refused in every process within five seconds. Returns <see cref="AccountsError.NotFound"/> if there is none.
    /// </summary>
    public Task<AccountsResult<TrustedIssuer>> DeleteAsync(Caller caller, TrustedIssuerId id, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                var found = await FindAsync(connection, id, token);
                if (found is AccountsResult<TrustedIssuer>.Done { Value: var was })
                {
                    await TrustedIssuerTable.DeleteAsync(connection, id, token);
                    await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.TrustedIssuerDeleted, Target(was), Shown(was)), token);
                }

                return found;
            },
            ct
        );

    private static async Task<AccountsResult<TrustedIssuer>> FindAsync(NpgsqlConnection connection, TrustedIssuerId id, CancellationToken ct) =>
        await TrustedIssuerTable.FindAsync(connection, id, ct) is { } trust ? trust : _none;

    private static TrustedIssuer Apply(TrustedIssuer trust, WriteTrustedIssuer command) =>
        trust with
        {
            Name = command.Name?.Trim() ?? trust.Name,
            Issuer = command.Issuer ?? trust.Issuer,
            Audience = command.Audience ?? trust.Audience,
            JwksUri =
                command.JwksUri is null ? trust.JwksUri
                : command.JwksUri.Length == 0 ? null
                : command.JwksUri,
            Algorithms = command.Algorithms?.Distinct().ToList() ?? trust.Algorithms,
            UserClaim = command.UserClaim ?? trust.UserClaim,
            Permissions = command.Permissions?.Distinct().Order(StringComparer.Ordinal).ToList() ?? trust.Permissions,
            Subjects = command.Subjects?.OrderBy(one => one.Subject, StringComparer.Ordinal).ToList() ?? trust.Subjects,
            EveryoneElse =
                command.EveryoneElse is null ? trust.EveryoneElse
                : Guid.TryParse(command.EveryoneElse, out var account) ? new UserId(account)
                : null,
        };

    // The database keeps microseconds.
    private DateTimeOffset Now() => _time.GetUtcNow() is var now ? now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)) : default;

    private async Task<AccountsError?> RefusalAsync(
        NpgsqlConnection connection,
        Caller caller,
        TrustedIssuer trust,
        WriteTrustedIssuer command,
        CancellationToken ct
    )
    {
        var errors = TrustRules.Check(caller, trust, _tokens.IsOwnIssuer(trust.Issuer));
        if (errors.Count > 0)
        {
            return new AccountsError.Invalid(errors);
        }

        // A caller can't assign users to a member with permissions that the caller lacks.
        var users = trust.Subjects.Select(one => one.User).OfType<UserId>().Distinct().ToList();
        var members = await TrustedIssuerTable.MembersAsync(
            connection,
            [.. users, .. trust.EveryoneElse is { } account ? [account] : Array.Empty<UserId>()],
            ct
        );
        if (!users.TrueForAll(user => members.TryGetValue(user, out var member) && member.Role.Permissions.IsSubsetOf(caller.Permissions)))
        {
            errors["subjects"] = ["Each user_id must be a member of this tenant with no permission that you lack, or null to refuse the subject."];
        }

        var isCleared = string.IsNullOrEmpty(command.EveryoneElse);
        if (
            (!isCleared && trust.EveryoneElse is null)
            || (
                trust.EveryoneElse is { } other
                && !(
                    members.TryGetValue(other, out var everyone)
                    && everyone.IsServiceAccount
                    && everyone.Role.Permissions.IsSubsetOf(caller.Permissions)
                )
            )
        )
        {
            errors["everyone_else"] = ["The id of a service account of this tenant with no permission that you lack; an empty text for none."];
        }

        return errors.Count > 0 ? new AccountsError.Invalid(errors) : null;
    }

    private async Task<AccountsResult<TrustedIssuer>> WriteAsync(
        Caller caller,
        Func<NpgsqlConnection, CancellationToken, Task<AccountsResult<TrustedIssuer>>> write,
        CancellationToken ct
    )
    {
        // What a trust allows concerns the tenant as a whole.
        if (!caller.Communities.IsWholeTenant)
        {
            return new AccountsError.PermissionDenied(Permission.ManageTenant);
        }

        try
        {
            return await _database.QueryAsync(caller.Scope(), write, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new AccountsError.Conflict("trusted_issuer.exists", "This issuer is trusted for this audience already.");
        }
    }

    private static AuditTarget Target(TrustedIssuer trust) => new("trusted_issuer", trust.TrustedIssuerId.ToString(), trust.Name);

    private static object Shown(TrustedIssuer trust) =>
        new
        {
            name = trust.Name,
            issuer = trust.Issuer,
            audience = trust.Audience,
            jwks_uri = trust.JwksUri,
            algorithms = trust.Algorithms,
            user_claim = trust.UserClaim,
            permissions = trust.Permissions,
            subjects = trust.Subjects.Select(one => new { subject = one.Subject, user_id = one.User?.Value }),
            everyone_else = trust.EveryoneElse?.Value,
        };
}
