using System.Collections.Frozen;
using System.Data.Common;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>What a client was given of somebody's rights.</summary>
/// <param name="Client">To whom.</param>
/// <param name="Scopes">See <see cref="Access.Scopes"/>.</param>
public sealed record ClientGrant(OAuthClientId Client, IReadOnlyList<string> Scopes)
{
    /// <summary>When the user last proved who they are; null for client credentials, and in tokens.</summary>
    internal DateTimeOffset? AuthTime { get; init; }

    /// <summary>The browser's session that it came from; null for client credentials, and in tokens.</summary>
    internal SessionId? OpenedBy { get; init; }

    /// <summary>As the wire writes it.</summary>
    public string Scope => string.Join(' ', Scopes);

    /// <summary>True if the scope was granted.</summary>
    public bool Has(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);

    /// <summary>The caller with no more permissions than were granted.</summary>
    internal Caller Narrow(Caller caller) =>
        Has(Access.Scopes.Permissions) ? caller : caller with { Permissions = caller.Permissions.Where(Has).ToFrozenSet() };

    internal static ClientGrant Of(OAuthClientId client, string scope) => new(client, scope.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>From the columns client_id, scopes, auth_time, opened_by of a session; null for one of no client.</summary>
    internal static ClientGrant? Read(DbDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(new(row.GetGuid(first)), row.GetFieldValue<string[]>(first + 1))
            {
                AuthTime = row.IsDBNull(first + 2) ? null : row.GetFieldValue<DateTimeOffset>(first + 2),
                OpenedBy = row.IsDBNull(first + 3) ? null : new SessionId(row.GetGuid(first + 3)),
            };
}
