using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity.SigningKeys.Internal;

internal sealed class SigningKeyTable(PostgresPools pools)
{
    /// <summary>Marks that the caller must not hold a connection of the pool that this table uses.</summary>
    public void DemandFree() => pools.Lookup.DemandFree();

    /// <summary>Returns all keys, the oldest first.</summary>
    public async Task<IReadOnlyList<SigningKeyRow>> ReadAsync(CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select kid, sealed_private_key, generation, signs_from from accounts.signing_keys order by generation"
        );
        return await command.ListAsync(
            row => new SigningKeyRow(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3)),
            ct
        );
    }

    /// <summary>Adds the key of a generation, unless another process has added one.</summary>
    public async Task TryAddAsync(SigningKeyRow row, byte[] publicKey, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "insert into accounts.signing_keys (kid, public_key, sealed_private_key, generation, signs_from) values ($1, $2, $3, $4, $5) on "
                + "conflict do nothing",
            row.Kid,
            publicKey,
            row.SealedPrivateKey,
            row.Generation,
            row.SignsFrom
        );
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes keys whose last token has ended.</summary>
    public async Task DeleteAsync(IReadOnlyList<string> kids, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command("delete from accounts.signing_keys where kid = any ($1)", (object)kids.ToArray());
        await command.ExecuteNonQueryAsync(ct);
    }
}
