using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity.ApiKeys.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>
/// Creates, lists and revokes keys. All members manage their own keys. With <see cref="Permission.ManageServiceAccounts"/>, a member also creates
/// keys of service accounts, and lists and revokes the keys of all members. Singleton.
/// </summary>
public sealed class ApiKeysHandler
{
    /// <summary>The longest lifetime of a key.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    private const int MostPerOwner = 50;
    private const int LongestName = 120;
    private const string Columns = "id, user_id, name, prefix, permissions, community_ids, created_at, expires_at, last_used_at";

    private readonly TenantDatabase _database;
    private readonly PostgresPools _pools;
    private readonly ApiKeyCache _cache;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal ApiKeysHandler(TenantDatabase database, PostgresPools pools, ApiKeyCache cache, AuditLog audit, TimeProvider time) =>
        (_database, _pools, _cache, _audit, _time) = (database, pools, cache, audit, time);

    /// <summary>
    /// Returns the keys of the caller or of another member, the newest first; <see cref="AccountsError.PermissionDenied"/> if the caller may not see
    /// them.
    /// </summary>
    public async Task<AccountsResult<AccountsList<ApiKey>>> ListAsync(Caller caller, UserId? owner, int skip, int take, CancellationToken ct)
    {
        if (owner is { } other && !MayManage(caller, other))
        {
            return new AccountsError.PermissionDenied(Permission.ManageServiceAccounts);
        }

        return await _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                var of = (owner ?? caller.UserId).Value;
                await using var list = connection.Command(
                    $"select {Columns} from accounts.api_keys where tenant_id = $1 and user_id = $2 order by id desc offset $3 limit $4",
                    caller.TenantId.Value,
                    of,
                    skip,
                    take
                );
                await using var count = connection.Command(
                    "select count(*) from accounts.api_keys where tenant_id = $1 and user_id = $2",
                    caller.TenantId.Value,
                    of
                );
                return new AccountsList<ApiKey>(await list.ListAsync(Read, token), (long)(await count.ExecuteScalarAsync(token))!);
            },
            ct
        );
    }

    /// <summary>
    /// The key with its secret; or <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.PermissionDenied"/>,
    /// <see cref="AccountsError.NotFound"/> for an owner who is no service account of the tenant, <see cref="AccountsError.Conflict"/> if the owner
    /// has too many keys.
    /// </summary>
    public async Task<AccountsResult<IssuedApiKey>> CreateAsync(Caller caller, CreateApiKey command, CancellationToken ct)
    {
        if (command.Owner is { } other && !MayManage(caller, other))
        {
            return new AccountsError.PermissionDenied(Permission.ManageServiceAccounts);
        }

        var owner = command.Owner is { } account && account != caller.UserId ? await ServiceAccountAsync(caller, account, ct) : caller;
        if (owner is null)
        {
            return new AccountsError.NotFound("service account");
        }

        if (!owner.Communities.IsWithin(caller.Communities))
        {
            return new AccountsError.Conflict(
                "api_key.owner_acts_elsewhere",
                "The service account has communities or permissions that you do not have. Ask a member who has them to make the key."
            );
        }

        var now = _time.GetUtcNow();
        var available = owner.Permissions.Where(caller.May).Except(command.Communities is null ? [] : ActiveApiKey.TenantWide);
        var secret = ApiKeySecret.New();
        var key = new ApiKey(
            new(Guid.CreateVersion7()),
            owner.UserId,
            (command.Name ?? "").Trim(),
            ApiKeySecret.Shown(secret),
            [.. (command.Permissions ?? available).Distinct().Order(StringComparer.Ordinal)],
            command.Communities is null ? null : [.. command.Communities.Distinct()],
            now,
            command.ExpiresAt ?? now + LongestLifetime,
            null
        );
        return Check(key, available.ToHashSet(), now) is { Count: > 0 } errors
            ? new AccountsError.Invalid(errors)
            : await _database.QueryAsync(owner.Scope(), (connection, token) => InsertAsync(connection, caller, key, secret, token), ct);
    }

    /// <summary>
    /// Revokes a key: here at once, in other processes within five seconds. Returns <see cref="AccountsError.NotFound"/> if it does not exist or the
    /// caller may not revoke it.
    /// </summary>
    public async Task<AccountsResult<ApiKey>> RevokeAsync(Caller caller, ApiKeyId id, CancellationToken ct)
    {
        var revoked = await _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var delete = connection.Command(
                    $"delete from accounts.api_keys where tenant_id = $1 and id = $2 and ($3 or user_id = $4) returning {Columns}",
                    caller.TenantId.Value,
                    id.Value,
                    caller.May(Permission.ManageServiceAccounts),
                    caller.UserId.Value
                );
                var rows = await delete.ListAsync(Read, token);
                foreach (var key in rows)
                {
                    await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.ApiKeyRevoked, Target(key), Shown(key)), token);
                }

                return rows;
            },
            ct
        );
        _cache.Clear();
        return revoked is [var one] ? one : new AccountsError.NotFound("api key");
    }

    private static bool MayManage(Caller caller, UserId owner) => owner == caller.UserId || caller.May(Permission.ManageServiceAccounts);

    private static Dictionary<string, string[]> Check(ApiKey key, HashSet<string> available, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>();
        if (key.Name.Length is 0 or > LongestName || !NameText.IsVisible(key.Name))
        {
            errors["name"] = [$"Give it a name of 1 to {LongestName} printable characters."];
        }

        if (key.Permissions.Count == 0 || !available.IsSupersetOf(key.Permissions))
        {
            errors["permissions"] =
            [
                "At least one that both you and the key's owner have. For a key of some communities, none that concerns the whole tenant.",
            ];
        }

        if (key.ExpiresAt <= now || key.ExpiresAt > now + LongestLifetime)
        {
            errors["expires_at"] = [$"Must be in the future, at most {LongestLifetime.Days} days from now."];
        }

        return errors;
    }

    private async Task<AccountsResult<IssuedApiKey>> InsertAsync(
        NpgsqlConnection connection,
        Caller caller,
        ApiKey key,
        string secret,
        CancellationToken ct
    )
    {
        // The lock serializes the creation of keys of one owner, so the count is exact.
        await using var member = connection.Command(
            "select 1 from accounts.memberships where tenant_id = $1 and user_id = $2 for update",
            caller.TenantId.Value,
            key.Owner.Value
        );
        if (await member.ExecuteScalarAsync(ct) is null)
        {
            return new AccountsError.NotFound("service account");
        }

        await using var count = connection.Command(
            "select count(*) from accounts.api_keys where tenant_id = $1 and user_id = $2",
            caller.TenantId.Value,
            key.Owner.Value
        );
        if ((long)(await count.ExecuteScalarAsync(ct))! >= MostPerOwner)
        {
            return new AccountsError.Conflict("api_key.too_many", $"A member can have {MostPerOwner} API keys. Revoke one first.");
        }

        var communities = key.Communities?.Select(c => c.Value).ToArray();
        await using var seen = connection.Command("select count(*) from accounts.communities where id = any ($1)", communities ?? []);
        if ((long)(await seen.ExecuteScalarAsync(ct))! != (communities?.Length ?? 0) || communities is [])
        {
            return new AccountsError.Invalid(
                new Dictionary<string, string[]> { ["community_ids"] = ["Name communities that the key's owner is in."] }
            );
        }

        await using var insert = connection.Command(
            """
            insert into accounts.api_keys (id, tenant_id, user_id, name, prefix, hash, permissions, community_ids, created_by, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            key.ApiKeyId.Value,
            caller.TenantId.Value,
            key.Owner.Value,
            key.Name,
            key.Prefix,
            ApiKeySecret.Hash(secret)!,
            key.Permissions.ToArray(),
            (object?)communities ?? DBNull.Value,
            caller.UserId.Value,
            key.CreatedAt,
            key.ExpiresAt.ToUniversalTime()
        );
        await insert.ExecuteNonQueryAsync(ct);
        await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.ApiKeyCreated, Target(key), null, Shown(key)), ct);
        return new IssuedApiKey(key, secret);
    }

    private static AuditTarget Target(ApiKey key) => new("api_key", key.ApiKeyId.ToString(), key.Name);

    private static object Shown(ApiKey key) =>
        new
        {
            owner = key.Owner.Value,
            permissions = key.Permissions,
            communities = key.Communities?.Select(c => c.Value).ToList(),
            expires_at = key.ExpiresAt,
        };

    private static ApiKey Read(DbDataReader row) =>
        new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            row.GetString(2),
            row.GetString(3),
            row.GetFieldValue<string[]>(4),
            row.IsDBNull(5) ? null : [.. row.GetFieldValue<long[]>(5).Select(id => new CommunityId(id))],
            row.GetFieldValue<DateTimeOffset>(6),
            row.GetFieldValue<DateTimeOffset>(7),
            row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8)
        );

    private async Task<Caller?> ServiceAccountAsync(Caller caller, UserId account, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            "select user_name, email from accounts.users where id = $1 and service_tenant_id = $2",
            account.Value,
            caller.TenantId.Value
        );
        return await find.ListAsync(row => new UserSummary(account, row.GetString(0), row.GetString(1)), ct) is [var found]
            ? (await Memberships.FindAsync(connection, found, caller.TenantId, ct))?.Caller
            : null;
    }
}
