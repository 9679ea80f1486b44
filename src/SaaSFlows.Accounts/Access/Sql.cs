using Npgsql;

namespace SaaSFlows.Accounts.Access;

internal static class Sql
{
    /// <summary>
    /// Locks one kind of creation in a tenant until the end of the transaction, so that a count is still right when the new object is stored.
    /// </summary>
    public static async Task OneByOneAsync(this NpgsqlConnection connection, Caller caller, string kind, CancellationToken ct)
    {
        await using var wait = connection.Command("select pg_advisory_xact_lock(hashtextextended($1, 0))", $"accounts.{kind}:{caller.TenantId}");
        await wait.ExecuteNonQueryAsync(ct);
    }
}
