using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>The trusts of tenants and their members, at most some seconds old, without a query if nothing has changed.</summary>
internal sealed class Trusts : IDisposable
{
    private readonly PostgresPools _pools;
    private readonly FreshCache<string, Trusting?> _trusts;
    private readonly FreshCache<Speaker, Caller?> _callers;

    public Trusts(PostgresPools pools, AccessChanges changes, TimeProvider time)
    {
        _pools = pools;
        _trusts = new(LoadAsync, (_, found) => found is null ? null : (found.Tenant, null), changes, time);
        _callers = new(LoadAsync, (speaker, caller) => (speaker.Tenant, caller?.UserId), changes, time);
    }

    /// <summary>Returns the trusts in this issuer of the tenant that all the names mean.</summary>
    public async ValueTask<IEnumerable<Trust>> OfAsync(IReadOnlyList<string> names, string issuer, CancellationToken ct) =>
        await _trusts.GetAsync(names[0].ToLowerInvariant(), ct) is { } found && names.All(found.IsNamed)
            ? found.Trusts.Where(trust => trust.Issuer == issuer)
            : [];

    /// <summary>Returns the member of an issuer's user, narrowed to the permissions of the trust; null if there is none.</summary>
    public ValueTask<Caller?> CallerAsync(Trust trust, string subject, CancellationToken ct) =>
        _callers.GetAsync(new(trust.Tenant, trust.Id, trust.UpdatedAt, subject), ct);

    public void Dispose()
    {
        _trusts.Dispose();
        _callers.Dispose();
    }

    private async Task<Trusting?> LoadAsync(string name, CancellationToken ct)
    {
        var isId = Guid.TryParse(name, out var id);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select tenant_id, slug, id, issuer, audience, jwks_uri, algorithms, user_claim, updated_at from accounts.trusts_of($1, $2)",
            isId ? DBNull.Value : name,
            isId ? id : DBNull.Value
        );
        var rows = await command.ListAsync(
            row =>
                (
                    Tenant: new TenantId(row.GetGuid(0)),
                    Slug: row.GetString(1),
                    Trust: row.IsDBNull(2)
                        ? null
                        : new Trust(
                            new(row.GetGuid(2)),
                            new(row.GetGuid(0)),
                            row.GetString(3),
                            row.GetString(4),
                            row.GetValue(5) as string,
                            row.GetFieldValue<string[]>(6),
                            row.GetString(7),
                            row.GetFieldValue<DateTimeOffset>(8)
                        )
                ),
            ct
        );
        return rows is [var (tenant, slug, _), ..] ? new(tenant, slug, [.. rows.Select(row => row.Trust).OfType<Trust>()]) : null;
    }

    private async Task<Caller?> LoadAsync(Speaker speaker, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            "select user_id, user_name, email, permissions from accounts.trusted_user($1, $2, $3)",
            speaker.Tenant.Value,
            speaker.Trust.Value,
            speaker.Subject
        );
        var found = await find.ListAsync(
            row => (User: new UserSummary(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)), Permissions: row.GetFieldValue<string[]>(3)),
            ct
        );
        return found is [var (user, permissions)] && await Memberships.FindAsync(connection, user, speaker.Tenant, ct) is { } membership
            ? ActiveApiKey.Narrow(membership.Caller, permissions, null) with
            {
                Credential = new("issuer", speaker.Trust.ToString()),
            }
            : null;
    }

    private sealed record Trusting(TenantId Tenant, string Slug, IReadOnlyList<Trust> Trusts)
    {
        /// <summary>
        /// Whether the name is the tenant's id or slug. A slug in the form of an id does not count, because a tenant could choose the id of another.
        /// </summary>
        public bool IsNamed(string name) =>
            Guid.TryParse(name, out var id) ? id == Tenant.Value : string.Equals(name, Slug, StringComparison.OrdinalIgnoreCase);
    }

    /// <param name="AsOf">The last change of the trust. Earlier results are invalid.</param>
    private sealed record Speaker(TenantId Tenant, TrustedIssuerId Trust, DateTimeOffset AsOf, string Subject);
}
