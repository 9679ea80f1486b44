using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Continues and ends sessions. Singleton.</summary>
public sealed partial class SessionsHandler
{
    private const string RefreshTokenKind = "refresh token";

    private readonly PostgresPools _pools;
    private readonly AccessTokens _tokens;
    private readonly AccessTokenOptions _options;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionsHandler> _logger;

    internal SessionsHandler(
        PostgresPools pools,
        AccessTokens tokens,
        AccessTokenOptions options,
        AuditLog audit,
        TimeProvider time,
        ILogger<SessionsHandler> logger
    ) => (_pools, _tokens, _options, _audit, _time, _logger) = (pools, tokens, options, audit, time, logger);

    /// <summary>
    /// Returns new tokens for the newest refresh token, with current permissions. An older token ends the session at once: two parties have it, and
    /// it is unknown which one is legitimate.
    /// </summary>
    /// <returns>The session, or <see cref="AccountsError.TokenRefused"/>, or <see cref="AccountsError.TenantClosed"/> if the membership or its tenant
    /// is not active.</returns>
    public async Task<AccountsResult<Session>> RefreshAsync(RefreshSession command, CancellationToken ct)
    {
        if (RefreshToken.Parse(command.Token) is not { } used)
        {
            return new AccountsError.TokenRefused(RefreshTokenKind);
        }

        var key = await _tokens.KeyAsync(ct);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (command.Tenant is { } wanted && await IsElsewhereAsync(connection, used, wanted, ct))
        {
            return new AccountsError.TokenRefused(RefreshTokenKind);
        }

        // Committed last, so that a token that could not be replaced stays valid.
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var next = used.Next();
        AccountsResult<Session> outcome;
        if (await RotateAsync(connection, used, next, command, ct) is not { } row)
        {
            await EndFamilyAsync(connection, used, command.From, ct);
            outcome = new AccountsError.TokenRefused(RefreshTokenKind);
        }
        else if (await Memberships.FindAsync(connection, row.User, row.Tenant, ct) is not { } membership)
        {
            await EndFamilyAsync(connection, next, command.From, ct);
            outcome = new AccountsError.TenantClosed();
        }
        else
        {
            var token = row.Grant is { } grant
                ? _tokens.Issue(key, membership.Caller, row.Session, grant)
                : _tokens.Issue(key, membership.Caller, row.Session, command.ForCookie);
            outcome = new Session(token, new(next.Text, _options.RefreshLifetime), row.User, membership.Tenant) { Grant = row.Grant };
        }

        await transaction.CommitAsync(ct);
        return outcome;
    }

    /// <summary>Ends the session of a refresh token, whether the token is the newest or not. Does nothing if there is none.</summary>
    public Task EndAsync(string refreshToken, ClientInfo from, CancellationToken ct) =>
        RefreshToken.Parse(refreshToken) is { } token
            ? EndAsync("family_hash = $1", [token.FamilyHash], AuditActions.SignedOut, from, null, ct)
            : Task.CompletedTask;

    /// <summary>Ends a session of the caller. Returns false if the caller has no such session.</summary>
    public async Task<bool> EndAsync(Caller caller, SessionId session, CancellationToken ct)
    {
        var action = caller.Credential?.Id == session.ToString() ? AuditActions.SignedOut : AuditActions.SessionEnded;
        return await EndAsync("id = $1 and user_id = $2", [session.Value, caller.UserId.Value], action, caller.From, caller.Credential, ct) == 1;
    }

    /// <summary>Returns the user's open sessions in all tenants, by last use.</summary>
    public async Task<OwnSessions> ListAsync(UserId user, int skip, int take, CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var count = connection.Command("select count(*) from accounts.sessions where user_id = $1 and expires_at > $2", user.Value, now);
        await using var list = connection.Command(
            """
            select s.id, s.created_at, s.last_used_at, s.expires_at, s.user_agent, s.address, c.name
            from accounts.sessions s left join accounts.oauth_clients c on c.id = s.client_id
            where s.user_id = $1 and s.expires_at > $2 order by s.last_used_at desc, s.id desc offset $3 limit $4
            """,
            user.Value,
            now,
            skip,
            take
        );
        return new(
            await list.ListAsync(
                row => new OwnSession(
                    new(row.GetGuid(0)),
                    row.GetFieldValue<DateTimeOffset>(1),
                    row.GetFieldValue<DateTimeOffset>(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    new(row.GetValue(4) as string, row.GetValue(5) as string),
                    row.GetValue(6) as string
                ),
                ct
            ),
            (long)(await count.ExecuteScalarAsync(ct))!
        );
    }

    /// <summary>Ends all sessions of the caller except one. Returns their number.</summary>
    public Task<int> EndOthersAsync(Caller caller, SessionId kept, CancellationToken ct) =>
        EndAsync(
            "user_id = $1 and id <> $2 and expires_at > $3",
            [caller.UserId.Value, kept.Value, _time.GetUtcNow()],
            AuditActions.SessionEnded,
            caller.From,
            caller.Credential,
            ct
        );

    /// <summary>Ends all sessions of a user, except the given one, in the caller's transaction. Returns their number.</summary>
    internal Task<int> EndAllAsync(
        NpgsqlConnection transaction,
        UserId user,
        SessionId? kept,
        ClientInfo from,
        Credential? credential,
        CancellationToken ct
    ) =>
        EndAsync(
            transaction,
            "user_id = $1 and id <> $2 and expires_at > $3",
            [user.Value, kept?.Value ?? Guid.Empty, _time.GetUtcNow()],
            AuditActions.SessionEnded,
            from,
            credential,
            ct
        );

    /// <summary>Ends the matching sessions in the caller's transaction. Returns their number.</summary>
    internal Task<int> EndAsync(NpgsqlConnection transaction, string which, object[] values, string action, ClientInfo from, CancellationToken ct) =>
        EndAsync(transaction, which, values, action, from, null, ct);

    // Checked before the token is used up, so that it stays valid at its own address.
    private static async Task<bool> IsElsewhereAsync(NpgsqlConnection connection, RefreshToken token, TenantId wanted, CancellationToken ct)
    {
        await using var find = connection.Command(
            "select 1 from accounts.sessions where family_hash = $1 and tenant_id <> $2",
            token.FamilyHash,
            wanted.Value
        );
        return await find.ExecuteScalarAsync(ct) is not null;
    }

    // If a token is used twice at the same moment, the second one waits for the row and finds another token.
    private async Task<Rotated?> RotateAsync(
        NpgsqlConnection connection,
        RefreshToken used,
        RefreshToken next,
        RefreshSession command,
        CancellationToken ct
    )
    {
        var now = _time.GetUtcNow();
        await using var rotate = connection.Command(
            """
            with rotated as (
                update accounts.sessions set token_hash = $3, last_used_at = $5, expires_at = $6, user_agent = $7, address = $8
                where family_hash = $1 and token_hash = $2 and for_cookie = $4 and expires_at > $5 and client_id is not distinct from $9
                returning id, tenant_id, user_id, client_id, scopes, auth_time, opened_by)
            select r.id, r.tenant_id, u.id, u.user_name, u.email, r.client_id, r.scopes, r.auth_time, r.opened_by from rotated r
            join accounts.users u on u.id = r.user_id
            """,
            used.FamilyHash,
            used.Hash,
            next.Hash,
            command.ForCookie,
            now,
            now + _options.RefreshLifetime,
            (object?)command.From.UserAgent ?? DBNull.Value,
            (object?)command.From.Address ?? DBNull.Value
        );
        rotate.Parameters.Add(new() { Value = (object?)command.Client?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        var rows = await rotate.ListAsync(
            row => new Rotated(
                new(row.GetGuid(0)),
                new(row.GetGuid(1)),
                new(new(row.GetGuid(2)), row.GetString(3), row.GetString(4)),
                ClientGrant.Read(row, 5)
            ),
            ct
        );
        return rows is [var one] ? one : null;
    }

    private async Task EndFamilyAsync(NpgsqlConnection connection, RefreshToken token, ClientInfo from, CancellationToken ct)
    {
        foreach (var ended in await DeleteAsync(connection, "family_hash = $1", [token.FamilyHash], ct))
        {
            var reused = !ended.TokenHash.AsSpan().SequenceEqual(token.Hash);
            await WriteAsync(connection, ended, reused ? AuditActions.RefreshReused : AuditActions.SessionEnded, from, null, ct);
            Log.Ended(_logger, ended.Session);
        }
    }

    private async Task<int> EndAsync(string which, object[] values, string action, ClientInfo from, Credential? credential, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var count = await EndAsync(connection, which, values, action, from, credential, ct);
        await transaction.CommitAsync(ct);
        return count;
    }

    private async Task<int> EndAsync(
        NpgsqlConnection connection,
        string which,
        object[] values,
        string action,
        ClientInfo from,
        Credential? credential,
        CancellationToken ct
    )
    {
        var ended = await DeleteAsync(connection, which, values, ct);
        foreach (var one in ended)
        {
            await WriteAsync(connection, one, action, from, credential, ct);
        }

        return ended.Count;
    }

    private static async Task<IReadOnlyList<Ended>> DeleteAsync(NpgsqlConnection connection, string which, object[] values, CancellationToken ct)
    {
        await using var delete = connection.Command(
            $"""
            with ended as (delete from accounts.sessions where {which} returning id, tenant_id, user_id, token_hash)
            select e.id, e.tenant_id, e.user_id, u.user_name, e.token_hash from ended e join accounts.users u on u.id = e.user_id
            """,
            values
        );
        return await delete.ListAsync(
            row => new Ended(new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2)), row.GetString(3), row.GetFieldValue<byte[]>(4)),
            ct
        );
    }

    // Written to the audit log of the tenant of the session.
    private Task WriteAsync(NpgsqlConnection connection, Ended ended, string action, ClientInfo from, Credential? credential, CancellationToken ct) =>
        _audit.WriteAsync(
            connection,
            new(
                ended.Tenant,
                action is AuditActions.RefreshReused or AuditActions.CodeReused ? AuditActor.Anonymous : AuditActor.User(ended.User, ended.Username),
                action,
                new("session", ended.Session.ToString(), ended.Username)
            )
            {
                From = from,
                Credential = credential ?? new("session", ended.Session.ToString()),
            },
            ct
        );

    private sealed record Ended(SessionId Session, TenantId Tenant, UserId User, string Username, byte[] TokenHash);

    private sealed record Rotated(SessionId Session, TenantId Tenant, UserSummary User, ClientGrant? Grant);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4101,
            Level = LogLevel.Warning,
            Message = "Ended session {SessionId}: its refresh token was used before, had expired, or its membership is not active"
        )]
        public static partial void Ended(ILogger logger, SessionId sessionId);
    }
}
