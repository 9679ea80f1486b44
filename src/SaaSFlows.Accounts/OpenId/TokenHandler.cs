using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>Gives clients tokens. Singleton.</summary>
public sealed class TokenHandler
{
    private readonly ClientAuthentication _clients;
    private readonly ClientSessions _opener;
    private readonly AccessTokens _tokens;
    private readonly SessionsHandler _sessions;
    private readonly IdTokens _idTokens;
    private readonly PostgresPools _pools;
    private readonly TimeProvider _time;

    internal TokenHandler(
        ClientAuthentication clients,
        ClientSessions opener,
        AccessTokens tokens,
        SessionsHandler sessions,
        IdTokens idTokens,
        PostgresPools pools,
        TimeProvider time
    ) => (_clients, _opener, _tokens, _sessions, _idTokens, _pools, _time) = (clients, opener, tokens, sessions, idTokens, pools, time);

    /// <summary>The tokens, or why not.</summary>
    public async Task<OAuthResult<TokenSet>> HandleAsync(TokenRequest request, CancellationToken ct)
    {
        var known = await _clients.AuthenticateAsync(request.Client, request.From, ct);
        if (known is not OAuthResult<RegisteredClient>.Done { Value: var client })
        {
            return ((OAuthResult<RegisteredClient>.Failed)known).Error;
        }

        return request switch
        {
            { GrantType: "authorization_code", Code: { } code } => await RedeemAsync(client, code, request, ct),
            { GrantType: "refresh_token", RefreshToken: { } token } => await RefreshAsync(client, token, request.From, ct),
            { GrantType: "client_credentials" } => await OpenAsync(client, request, ct),
            { GrantType: "authorization_code" or "refresh_token" or null } => OAuthError.Request("grant_type, code or refresh_token is missing."),
            _ => new OAuthError("unsupported_grant_type", "grant_type must be authorization_code, refresh_token or client_credentials."),
        };
    }

    private async Task<OAuthResult<TokenSet>> RedeemAsync(RegisteredClient client, string code, TokenRequest request, CancellationToken ct)
    {
        var (key, now) = (await _tokens.KeyAsync(ct), _time.GetUtcNow());
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await AuthorizationCodes.FindAsync(connection, client.Id, code, now, ct) is not { } found)
        {
            return OAuthError.WrongGrant;
        }

        OAuthResult<TokenSet> outcome = OAuthError.WrongGrant;
        if (found.WasUsed)
        {
            // It was copied, and nobody can tell who was first: the thief or the client.
            await _sessions.EndAsync(connection, "id = $1", [found.Made?.Value ?? Guid.Empty], AuditActions.CodeReused, request.From, ct);
        }
        else
        {
            var session = new SessionId(Guid.CreateVersion7());
            var membership =
                found.IsAlive && found.IsFor(request.RedirectUri, request.CodeVerifier)
                    ? await Memberships.FindAsync(connection, found.User, found.Tenant, ct)
                    : null;
            if (membership is not null)
            {
                var (token, refresh) = await _opener.OpenAsync(connection, key, session, membership, found.Grant, request.From, ct);
                var idToken = await _idTokens.IssueAsync(connection, key, found.User.UserId, found.Tenant, found.Grant, found.Nonce, token.Token, ct);
                outcome = new TokenSet(token.Token, token.ExpiresIn, refresh?.Token, idToken, found.Grant.Scope);
            }

            await AuthorizationCodes.UseAsync(connection, code, membership is null ? null : session, now, ct);
        }

        await transaction.CommitAsync(ct);
        return outcome;
    }

    private async Task<OAuthResult<TokenSet>> RefreshAsync(RegisteredClient client, string refreshToken, ClientInfo from, CancellationToken ct)
    {
        var refreshed = await _sessions.RefreshAsync(new(refreshToken, ForCookie: false, from) { Client = client.Id }, ct);
        if (refreshed is not AccountsResult<Session>.Done { Value: { Grant: { } grant } session })
        {
            return OAuthError.WrongGrant;
        }

        var key = await _tokens.KeyAsync(ct);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        var idToken = await _idTokens.IssueAsync(connection, key, session.User.UserId, session.Tenant.TenantId, grant, null, session.Token.Token, ct);
        return new TokenSet(session.Token.Token, session.Token.ExpiresIn, session.Refresh.Token, idToken, grant.Scope);
    }

    private async Task<OAuthResult<TokenSet>> OpenAsync(RegisteredClient client, TokenRequest request, CancellationToken ct)
    {
        if (client.ServiceAccount is not { } account)
        {
            return new OAuthError("unauthorized_client", "Client credentials are for clients of service accounts.");
        }

        // Nobody is there to be named, and who has a secret needs no refresh.
        var scopes = request.Scope is null
            ? [Scopes.Permissions]
            : Scopes.Parse(request.Scope).Except([Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess]).ToList();
        if (scopes is [])
        {
            return new OAuthError("invalid_scope", "Ask for 'permissions', or for single ones.");
        }

        var key = await _tokens.KeyAsync(ct);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await FindAsync(connection, account, client.Tenant, ct) is not { } membership)
        {
            return new OAuthError("unauthorized_client", "The service account or its tenant is not active.");
        }

        var grant = new ClientGrant(client.Id, scopes);
        var (token, _) = await _opener.OpenAsync(connection, key, new(Guid.CreateVersion7()), membership, grant, request.From, ct);
        await transaction.CommitAsync(ct);
        return new TokenSet(token.Token, token.ExpiresIn, null, null, grant.Scope);
    }

    private static async Task<Membership?> FindAsync(NpgsqlConnection connection, UserId account, TenantId tenant, CancellationToken ct)
    {
        await using var find = connection.Command("select user_name, email from accounts.users where id = $1", account.Value);
        return await find.ListAsync(row => new UserSummary(account, row.GetString(0), row.GetString(1)), ct) is [var user]
            ? await Memberships.FindAsync(connection, user, tenant, ct)
            : null;
    }
}
