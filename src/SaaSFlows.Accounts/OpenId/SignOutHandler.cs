using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>Ends a session of a browser because a client asks for it (RP-initiated logout). Singleton.</summary>
public sealed class SignOutHandler
{
    private readonly IdTokens _idTokens;
    private readonly SessionsHandler _sessions;
    private readonly PostgresPools _pools;

    internal SignOutHandler(IdTokens idTokens, SessionsHandler sessions, PostgresPools pools) =>
        (_idTokens, _sessions, _pools) = (idTokens, sessions, pools);

    /// <summary>
    /// Ends the browser's session, and what it gave the client. Only for whoever has an ID token of it: no other site can sign anybody out.
    /// The address is null if the client names none; one that it has not registered is refused, and nothing ends.
    /// </summary>
    public async Task<OAuthResult<SignedOut>> HandleAsync(
        string? idTokenHint,
        string? clientId,
        string? redirectUri,
        ClientInfo from,
        CancellationToken ct
    )
    {
        if (await _idTokens.ReadHintAsync(idTokenHint ?? "", ct) is not { } hint || (clientId is not null && clientId != hint.Client.ToString()))
        {
            return OAuthError.Request("id_token_hint must be an ID token of ours, and client_id the client that it was made for.");
        }

        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (
            redirectUri is not null
            && (
                await RegisteredClient.FindAsync(connection, hint.Client.ToString(), ct) is not { } client
                || !RedirectUris.Matches(client.PostLogoutRedirectUris, redirectUri)
            )
        )
        {
            return OAuthError.Request("post_logout_redirect_uri is none of those that the client has registered.");
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await _sessions.EndAsync(
            connection,
            "user_id = $1 and (id = $2 or (opened_by = $2 and client_id = $3))",
            [hint.User.Value, hint.Session.Value, hint.Client.Value],
            AuditActions.SignedOut,
            from,
            ct
        );
        await transaction.CommitAsync(ct);
        return new SignedOut(hint.Session, redirectUri);
    }
}

/// <summary>Who was signed out.</summary>
/// <param name="Session">Of the browser.</param>
/// <param name="RedirectUri">Where to go; null for nowhere else.</param>
public sealed record SignedOut(SessionId Session, string? RedirectUri);
