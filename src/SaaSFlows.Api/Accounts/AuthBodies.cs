using System.Text.Json.Serialization;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>A new tenant with its owner.</summary>
/// <param name="TenantName">1 to 120 characters.</param>
/// <param name="Password">At least 12 characters.</param>
/// <param name="Cookie">True for a browser session: the token comes as a cookie that scripts can't read.</param>
/// <param name="Slug">Null: one is made of the name.</param>
internal sealed record RegisterBody(string? TenantName, string? Email, string? Password, string? Slug, bool Cookie = false);

/// <summary>Credentials.</summary>
/// <param name="Tenant">The slug of a tenant; null for the one used last.</param>
internal sealed record LoginBody(string? Email, string? Password, string? Tenant, bool Cookie = false);

/// <param name="RefreshToken">Absent for a browser session: its cookie holds it.</param>
internal sealed record RefreshBody(string? RefreshToken)
{
    public override string ToString() => "***";
}

/// <summary>The answer to a sign-in and a refresh: the tokens at the top level (seed 001) and in <c>data</c>.</summary>
/// <param name="Token">Null for a browser session.</param>
/// <param name="RefreshToken">Null for a browser session.</param>
internal sealed record TokenAnswer(string Message, string? Token, string? RefreshToken, TokenBody Data)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool IsSuccess { get; } = true;
}

/// <param name="ExpiresIn">Seconds.</param>
/// <param name="RefreshExpiresIn">Seconds; each refresh begins them anew.</param>
internal sealed record TokenBody(
    string? Token,
    string TokenType,
    int ExpiresIn,
    string? RefreshToken,
    int RefreshExpiresIn,
    UserBody User,
    TenantBody Tenant
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CommunityBody? Community { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EntityBody? Entity { get; init; }

    public static TokenBody From(Session session) =>
        new(
            session.Token.Csrf is null ? session.Token.Token : null,
            "Bearer",
            (int)session.Token.ExpiresIn.TotalSeconds,
            session.Token.Csrf is null ? session.Refresh.Token : null,
            (int)session.Refresh.ExpiresIn.TotalSeconds,
            UserBody.From(session.User),
            TenantBody.From(session.Tenant)
        );

    public override string ToString() => "***";
}

internal sealed record UserBody(Guid UserId, string Username, string Email)
{
    public static UserBody From(UserSummary user) => new(user.UserId.Value, user.Username, user.Email);
}

internal sealed record TenantBody(Guid TenantId, string Name, string Slug)
{
    public static TenantBody From(TenantSummary tenant) => new(tenant.TenantId.Value, tenant.Name, tenant.Slug);
}

internal sealed record CommunityBody(long CommunityId, string Name)
{
    public static CommunityBody From(CommunitySummary community) => new(community.CommunityId.Value, community.Name);
}

/// <param name="Kind">web_chat.</param>
internal sealed record EntityBody(long EntityId, long CommunityId, string Name, string Kind)
{
    public static EntityBody From(EntitySummary entity) => new(entity.EntityId.Value, entity.CommunityId.Value, entity.Name, entity.Kind);
}

/// <summary>The caller, and what of the tenant the caller can see.</summary>
internal sealed record MeBody(
    UserBody User,
    TenantBody Tenant,
    IReadOnlyList<CommunityBody> Communities,
    IReadOnlyList<EntityBody> Entities,
    IReadOnlyList<string> Permissions
)
{
    public static MeBody From(Me me) =>
        new(
            UserBody.From(me.User),
            TenantBody.From(me.Tenant),
            [.. me.Communities.Select(CommunityBody.From)],
            [.. me.Entities.Select(EntityBody.From)],
            me.Permissions
        );
}

/// <summary>RFC 7517: the keys that access tokens can be checked with.</summary>
internal sealed record KeySetBody(IReadOnlyList<PublicSigningKey> Keys);

/// <summary>A session of the caller.</summary>
/// <param name="Client">The name of the program that was given it.</param>
internal sealed record SessionBody(
    Guid SessionId,
    bool IsCurrent,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    string? UserAgent,
    string? Address,
    string? Client
)
{
    public static SessionBody From(OwnSession session, SessionId current) =>
        new(
            session.SessionId.Value,
            session.SessionId == current,
            session.CreatedAt,
            session.LastUsedAt,
            session.ExpiresAt,
            session.From.UserAgent,
            session.From.Address,
            session.Client
        );
}

/// <param name="Ended">How many sessions.</param>
internal sealed record SessionsEndedBody(int Ended);
