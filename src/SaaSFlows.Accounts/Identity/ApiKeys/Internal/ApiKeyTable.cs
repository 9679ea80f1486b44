using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys.Internal;

/// <summary>Reads keys before a tenant is known. Safe for concurrent use.</summary>
internal sealed partial class ApiKeyTable(PostgresPools pools, TimeProvider time, ILogger<ApiKeyTable> logger)
{
    private static readonly TimeSpan _useIsWrittenEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns the key with this hash; null if there is none, or if its owner is no longer a member of an active tenant. The time of use is stored
    /// later.
    /// </summary>
    public async Task<ActiveApiKey?> FindAsync(byte[] hash, CancellationToken ct)
    {
        if (await ReadAsync(hash, ct) is not var (id, key, lastUsedAt))
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (key.ExpiresAt > now && now - lastUsedAt >= _useIsWrittenEvery)
        {
            // The request does not wait for it.
            _ = WriteUseAsync(id, now);
        }

        return key;
    }

    private async Task<(ApiKeyId Id, ActiveApiKey Key, DateTimeOffset LastUsedAt)?> ReadAsync(byte[] hash, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            """
            select k.id, k.tenant_id, k.permissions, k.community_ids, k.expires_at, k.last_used_at, u.id, u.user_name, u.email
            from accounts.api_keys k join accounts.users u on u.id = k.user_id where k.hash = $1
            """,
            hash
        );
        var rows = await find.ListAsync(
            row => new
            {
                Id = new ApiKeyId(row.GetGuid(0)),
                Tenant = new TenantId(row.GetGuid(1)),
                Permissions = row.GetFieldValue<string[]>(2),
                Communities = row.IsDBNull(3) ? null : row.GetFieldValue<long[]>(3).Select(id => new CommunityId(id)).ToList(),
                ExpiresAt = row.GetFieldValue<DateTimeOffset>(4),
                LastUsedAt = row.IsDBNull(5) ? DateTimeOffset.MinValue : row.GetFieldValue<DateTimeOffset>(5),
                Owner = new Identity.UserSummary(new(row.GetGuid(6)), row.GetString(7), row.GetString(8)),
            },
            ct
        );
        if (rows is not [var key] || await Memberships.FindAsync(connection, key.Owner, key.Tenant, ct) is not { } membership)
        {
            return null;
        }

        var narrowed = ActiveApiKey.Narrow(membership.Caller, key.Permissions, key.Communities) with
        {
            Credential = new("api_key", key.Id.ToString()),
        };
        return (key.Id, new(narrowed, key.ExpiresAt), key.LastUsedAt);
    }

    // Only one of several processes writes it.
    private async Task WriteUseAsync(ApiKeyId key, DateTimeOffset now)
    {
        try
        {
            await using var connection = await pools.Lookup.OpenConnectionAsync(CancellationToken.None);
            await using var write = connection.Command(
                "update accounts.api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)",
                key.Value,
                now,
                now - _useIsWrittenEvery
            );
            await write.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is System.Data.Common.DbException or ObjectDisposedException)
        {
            Log.UseNotWritten(logger, key, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4601, Level = LogLevel.Warning, Message = "Could not note the use of API key {ApiKeyId}")]
        public static partial void UseNotWritten(ILogger logger, ApiKeyId apiKeyId, Exception exception);
    }
}
