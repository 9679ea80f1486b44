using SaaSFlows.Accounts.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.SigningKeys.Internal;

internal sealed class SigningKeyTable(PostgresPools pools)
{
    /// <summary>The key that signs and those whose tokens may still live.</summary>
    public async Task<IReadOnlyList<SigningKeyRow>> ReadAsync(CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command("""
            select kid, sealed_private_key, retired_at is not null from accounts.signing_keys
            where retired_at is null or retired_at > now() - interval '1 day'
            """);
        return await command.ListAsync(row => new SigningKeyRow(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetBoolean(2)), ct);
    }

    /// <summary>Adds a key that signs, unless there is one: then another process was faster.</summary>
    public async Task TryAddAsync(string kid, byte[] publicKey, byte[] sealedPrivateKey, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "insert into accounts.signing_keys (kid, public_key, sealed_private_key) values ($1, $2, $3) on conflict do nothing", kid, publicKey, sealedPrivateKey);
        await command.ExecuteNonQueryAsync(ct);
    }
}
