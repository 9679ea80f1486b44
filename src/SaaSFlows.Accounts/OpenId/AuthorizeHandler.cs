using System.Globalization;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>
/// Gives a client of a tenant a code for a member who is signed in. What the tenant registered is trusted: nobody is asked for consent. Singleton.
/// </summary>
public sealed class AuthorizeHandler
{
    /// <summary>Where requests come in, relative to the issuer.</summary>
    public const string Path = "/connect/authorize";

    // Who was asked to prove who they are again has this long to come back.
    private const long FreshSeconds = 60;

    private readonly PostgresPools _pools;
    private readonly AccessTokenOptions _options;
    private readonly TimeProvider _time;

    internal AuthorizeHandler(PostgresPools pools, AccessTokenOptions options, TimeProvider time) =>
        (_pools, _options, _time) = (pools, options, time);

    /// <summary>What the browser is to do.</summary>
    /// <param name="request">What the client asks for.</param>
    /// <param name="browser">The session of the browser, checked; null for nobody's.</param>
    /// <param name="ct">Cancels the work.</param>
    public async Task<AuthorizationAnswer> HandleAsync(AuthorizationRequest request, ValidToken? browser, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        // Until client and address are known to belong together, nothing leads anywhere.
        if (await RegisteredClient.FindAsync(connection, request["client_id"], ct) is not { } client)
        {
            return new AuthorizationAnswer.Refused(new("invalid_client", "client_id names no client."));
        }

        if (request["redirect_uri"] is not { } redirectUri || !RedirectUris.Matches(client.RedirectUris, redirectUri))
        {
            return new AuthorizationAnswer.Refused(OAuthError.Request("redirect_uri is none of those that the client has registered."));
        }

        if (AuthorizationRules.Check(request) is { } wrong)
        {
            return Back(request, redirectUri, wrong);
        }

        var now = _time.GetUtcNow();
        var authTime = browser is null ? null : await AuthTimeAsync(connection, browser, now, ct);
        if (request.WantsSignIn || authTime is not { } since || now - since > request.MaxAge)
        {
            return request.Prompts.Contains("none")
                ? Back(request, redirectUri, new("login_required", "Nobody is signed in, or not recently enough."))
                : SignIn(request, authTime);
        }

        return await FindMemberAsync(connection, browser!.Caller, client, ct) is not { } member
            ? Back(request, redirectUri, new("access_denied", "The user is no member of the client's tenant, or that is not active."))
            : await GrantAsync(
                connection,
                request,
                redirectUri,
                client,
                member,
                new(client.Id, Scopes.Parse(request["scope"])) { AuthTime = since, OpenedBy = browser.Session },
                ct
            );
    }

    private async Task<AuthorizationAnswer> GrantAsync(
        NpgsqlConnection connection,
        AuthorizationRequest request,
        string redirectUri,
        RegisteredClient client,
        UserSummary member,
        ClientGrant grant,
        CancellationToken ct
    )
    {
        var code = new AuthorizationCode(member, client.Tenant, redirectUri, request["code_challenge"]!, request["nonce"], grant);
        return Answer(request, redirectUri, [("code", await AuthorizationCodes.IssueAsync(connection, code, _time.GetUtcNow(), ct))]);
    }

    // Members of several tenants may be at work in another one just now.
    private static async Task<UserSummary?> FindMemberAsync(NpgsqlConnection connection, Caller caller, RegisteredClient client, CancellationToken ct)
    {
        var user = new UserSummary(caller.UserId, caller.Username, "");
        return await Memberships.FindAsync(connection, user, client.Tenant, ct) is null ? null : user;
    }

    private static async Task<DateTimeOffset?> AuthTimeAsync(
        NpgsqlConnection connection,
        ValidToken browser,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var find = connection.Command(
            "select coalesce(auth_time, created_at) from accounts.sessions where id = $1 and user_id = $2 and client_id is null and expires_at > $3",
            browser.Session.Value,
            browser.Caller.UserId.Value,
            now
        );
        return await find.ListAsync(row => row.GetFieldValue<DateTimeOffset>(0), ct) is [var since] ? since : null;
    }

    // Comes back without the wish to sign in, which would never end, but as one that must have been followed.
    private static AuthorizationAnswer.SignIn SignIn(AuthorizationRequest request, DateTimeOffset? authTime)
    {
        var parameters = new Dictionary<string, string>(request.Parameters, StringComparer.Ordinal);
        var again = request.WantsSignIn || authTime is not null;
        if (again)
        {
            parameters.Remove("prompt");
            parameters["max_age"] = Math.Max(FreshSeconds, (long)(request.MaxAge ?? TimeSpan.Zero).TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
        }

        return new(again, $"{Path}?{Query(parameters.Select(one => (one.Key, one.Value)))}");
    }

    private AuthorizationAnswer.Back Back(AuthorizationRequest request, string redirectUri, OAuthError error) =>
        Answer(request, redirectUri, [("error", error.Code), ("error_description", error.Description)]);

    // The issuer, so that a client of several providers knows whose answer this is (RFC 9207).
    private AuthorizationAnswer.Back Answer(AuthorizationRequest request, string redirectUri, IEnumerable<(string, string)> answer) =>
        new(
            redirectUri
                + (redirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?')
                + Query([
                    .. answer,
                    .. request["state"] is { } state ? [("state", state)] : Array.Empty<(string, string)>(),
                    ("iss", _options.Issuer),
                ])
        );

    private static string Query(IEnumerable<(string Name, string Value)> parameters) =>
        string.Join('&', parameters.Select(one => $"{Uri.EscapeDataString(one.Name)}={Uri.EscapeDataString(one.Value)}"));
}
