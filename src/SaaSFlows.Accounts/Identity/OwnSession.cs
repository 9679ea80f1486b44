using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A session in the list of its user.</summary>
/// <param name="SessionId">Names it; opens nothing.</param>
/// <param name="CreatedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">The end of the session if it is not refreshed.</param>
/// <param name="From">Where it was last used.</param>
/// <param name="Client">The name of the program that was given it; null for one of the product itself.</param>
public sealed record OwnSession(
    SessionId SessionId,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    ClientInfo From,
    string? Client
);

/// <summary>A part of the user's sessions and the number of all.</summary>
public sealed record OwnSessions(IReadOnlyList<OwnSession> Items, long Total);
