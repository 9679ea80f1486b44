using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>Suspends and resumes tenants, for the operator. Singleton.</summary>
public sealed class TenantSuspension
{
    private readonly PostgresPools _pools;

    internal TenantSuspension(PostgresPools pools) => _pools = pools;

    /// <summary>
    /// In a suspended tenant nobody can sign in, nothing starts, and webhooks refuse deliveries. Waiting executions keep waiting. Doing it twice is
    /// no error.
    /// </summary>
    /// <param name="slug">The tenant's.</param>
    /// <param name="suspended">False opens it again.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>The status afterwards, or null if there is no such tenant; one that is to be deleted stays so.</returns>
    public async Task<string?> SetAsync(string slug, bool suspended, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var set = connection.Command("select accounts.suspend_tenant($1, $2)", slug, suspended);
        return await set.ExecuteScalarAsync(ct) as string;
    }
}
