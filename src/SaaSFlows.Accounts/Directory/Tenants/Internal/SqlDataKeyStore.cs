using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Directory.Tenants.Internal;

/// <summary>
/// Stores data keys in accounts.data_keys. Keys of a tenant are protected by its row-level security; those of the platform are read as the lookup
/// role.
/// </summary>
internal sealed class SqlDataKeyStore(TenantDatabase database, PostgresPools pools) : IDataKeyStore
{
    public Task<IReadOnlyList<WrappedDataKey>> ReadAsync(TenantId? scope, CancellationToken ct) =>
        WithConnectionAsync(
            scope,
            async (connection, token) =>
            {
                await using var command = connection.Command(
                    "select id, generation, wrapped from accounts.data_keys where tenant_id = $1",
                    Id(scope)
                );
                return await command.ListAsync(row => new WrappedDataKey(new(row.GetGuid(0)), row.GetInt32(1), row.GetFieldValue<byte[]>(2)), token);
            },
            ct
        );

    public Task<bool> TryAddAsync(TenantId? scope, WrappedDataKey key, CancellationToken ct) =>
        ChangesAsync(
            scope,
            "insert into accounts.data_keys (tenant_id, id, generation, wrapped) values ($1, $2, $3, $4) on conflict do nothing",
            [Id(scope), key.Id.Value, key.Generation, key.Envelope],
            ct
        );

    public Task<bool> TryReplaceAsync(TenantId? scope, WrappedDataKey key, ReadOnlyMemory<byte> expected, CancellationToken ct) =>
        ChangesAsync(
            scope,
            "update accounts.data_keys set wrapped = $3 where tenant_id = $1 and id = $2 and wrapped = $4",
            [Id(scope), key.Id.Value, key.Envelope, expected.ToArray()],
            ct
        );

    private static Guid Id(TenantId? scope) => scope?.Value ?? Guid.Empty;

    private Task<bool> ChangesAsync(TenantId? scope, string sql, object[] values, CancellationToken ct) =>
        WithConnectionAsync(
            scope,
            async (connection, token) =>
            {
                await using var command = connection.Command(sql, values);
                return await command.ExecuteNonQueryAsync(token) == 1;
            },
            ct
        );

    private async Task<T> WithConnectionAsync<T>(TenantId? scope, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        if (scope is { } tenant)
        {
            return await database.QueryAsync(new(tenant, CommunityScope.Of()), work, ct);
        }

        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        return await work(connection, ct);
    }
}
