using System.Collections.Frozen;
using System.Data.Common;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>The grant of a user to a client.</summary>
/// <param name="Client">The client.</param>
/// <param name="Scopes">See <see cref="Access.Scopes"/>.</param>
public sealed record ClientGrant(OAuthClientId Client, IReadOnlyList<string> Scopes)
{
    /// <summary>The time of the last sign-in of the user; null for client credentials, and in tokens.</summary>
    internal DateTimeOffset? AuthTime { get; init; }

    /// <summary>The browser session in which it was given; null for client credentials, and in tokens.</summary>
    internal SessionId? OpenedBy { get; init; }

    /// <summary>The scopes as text on the wire.</summary>
    public string Scope => string.Join(' ', Scopes);

    /// <summary>Whether the scope was granted.</summary>
    public bool Has(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);

    /// <summary>Returns the caller with at most the granted permissions.</summary>
    internal Caller Narrow(Caller caller) =>
        Has(Access.Scopes.Permissions) ? caller : caller with { Permissions = caller.Permissions.Where(Has).ToFrozenSet() };

    internal static ClientGrant Of(OAuthClientId client, string scope) => new(client, scope.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Reads the columns client_id, scopes, auth_time and opened_by of a session; null for a session without a client.</summary>
    internal static ClientGrant? Read(DbDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(new(row.GetGuid(first)), row.GetFieldValue<string[]>(first + 1))
            {
                AuthTime = row.IsDBNull(first + 2) ? null : row.GetFieldValue<DateTimeOffset>(first + 2),
                OpenedBy = row.IsDBNull(first + 3) ? null : new SessionId(row.GetGuid(first + 3)),
            };
}
