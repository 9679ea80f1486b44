using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>
/// Registers, changes and ends a tenant's clients; the routes ask for <see cref="Permission.ManageTenant"/>. What is registered here is trusted:
/// members are not asked again when they sign in to it. Singleton.
/// </summary>
public sealed class OAuthClientsHandler
{
    private const int LongestName = 120;
    private const int MostClients = 100;
    private const string Columns = "id, name, redirect_uris, post_logout_redirect_uris, is_public, service_account_id, created_at";

    private static readonly AccountsError NoClient = new AccountsError.NotFound("oauth client");

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal OAuthClientsHandler(TenantDatabase database, AuditLog audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>The newest first.</summary>
    public Task<AccountsList<OAuthClient>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var list = connection.Command(
                    $"select {Columns} from accounts.oauth_clients where tenant_id = $1 order by id desc offset $2 limit $3",
                    caller.TenantId.Value,
                    skip,
                    take
                );
                await using var count = connection.Command("select count(*) from accounts.oauth_clients where tenant_id = $1", caller.TenantId.Value);
                return new AccountsList<OAuthClient>(await list.ListAsync(Read, token), (long)(await count.ExecuteScalarAsync(token))!);
            },
            ct
        );

    /// <summary><see cref="AccountsError.NotFound"/> if the tenant has no such client.</summary>
    public Task<AccountsResult<OAuthClient>> GetAsync(Caller caller, OAuthClientId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<OAuthClient>>(
            caller.Scope(),
            async (connection, token) => await FindAsync(connection, caller, id, token) is { } found ? found : NoClient,
            ct
        );

    /// <summary>
    /// The client with its secret, or <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.SessionNeeded"/>,
    /// <see cref="AccountsError.NotFound"/> for a service account that is none of the tenant, <see cref="AccountsError.PermissionDenied"/> if that
    /// may do what the caller may not, <see cref="AccountsError.Conflict"/> if there are too many.
    /// </summary>
    public async Task<AccountsResult<IssuedOAuthClient>> CreateAsync(Caller caller, CreateOAuthClient command, CancellationToken ct)
    {
        var client = new OAuthClient(
            new(Guid.CreateVersion7()),
            (command.Name ?? "").Trim(),
            Distinct(command.RedirectUris),
            Distinct(command.PostLogoutRedirectUris),
            command.IsPublic,
            command.ServiceAccount,
            _time.GetUtcNow()
        );
        return Refusal(caller, client) is { } refused
            ? refused
            : await _database.QueryAsync<AccountsResult<IssuedOAuthClient>>(
                caller.Scope(),
                async (connection, token) =>
                {
                    if (client.ServiceAccount is { } account && await ServiceAccountRefusalAsync(connection, caller, account, token) is { } wrong)
                    {
                        return wrong;
                    }

                    await connection.OneByOneAsync(caller, "oauth_clients", token);
                    await using var count = connection.Command(
                        "select count(*) from accounts.oauth_clients where tenant_id = $1",
                        caller.TenantId.Value
                    );
                    if ((long)(await count.ExecuteScalarAsync(token))! >= MostClients)
                    {
                        return new AccountsError.Conflict("oauth_client.too_many", $"A tenant can have {MostClients} clients. Delete one first.");
                    }

                    var secret = client.IsPublic ? null : ClientSecret.New();
                    await using var insert = connection.Command(
                        """
                        insert into accounts.oauth_clients (id, tenant_id, name, redirect_uris, post_logout_redirect_uris, secret_hash,
                        service_account_id, created_by, created_at)
                        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                        """,
                        client.ClientId.Value,
                        caller.TenantId.Value,
                        client.Name,
                        client.RedirectUris.ToArray(),
                        client.PostLogoutRedirectUris.ToArray(),
                        secret is null ? DBNull.Value : ClientSecret.Hash(secret),
                        (object?)client.ServiceAccount?.Value ?? DBNull.Value,
                        caller.UserId.Value,
                        client.CreatedAt
                    );
                    await insert.ExecuteNonQueryAsync(token);
                    await WriteAsync(connection, caller, AuditActions.OAuthClientCreated, null, client, token);
                    return new IssuedOAuthClient(client, secret);
                },
                ct
            );
    }

    /// <summary>Changes what is given. Refuses as <see cref="CreateAsync"/> does.</summary>
    public Task<AccountsResult<OAuthClient>> ChangeAsync(
        Caller caller,
        OAuthClientId id,
        string? name,
        IReadOnlyList<string?>? redirectUris,
        IReadOnlyList<string?>? postLogoutRedirectUris,
        CancellationToken ct
    ) =>
        _database.QueryAsync<AccountsResult<OAuthClient>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await FindAsync(connection, caller, id, token) is not { } before)
                {
                    return NoClient;
                }

                var after = before with
                {
                    Name = name?.Trim() ?? before.Name,
                    RedirectUris = redirectUris is null ? before.RedirectUris : Distinct(redirectUris),
                    PostLogoutRedirectUris = postLogoutRedirectUris is null ? before.PostLogoutRedirectUris : Distinct(postLogoutRedirectUris),
                };
                if (Refusal(caller, after) is { } refused)
                {
                    return refused;
                }

                await using var update = connection.Command(
                    "update accounts.oauth_clients set name = $2, redirect_uris = $3, post_logout_redirect_uris = $4 where id = $1",
                    id.Value,
                    after.Name,
                    after.RedirectUris.ToArray(),
                    after.PostLogoutRedirectUris.ToArray()
                );
                await update.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.OAuthClientUpdated, before, after, token);
                return after;
            },
            ct
        );

    /// <summary>
    /// A new secret instead of the one there is, which ends at once. <see cref="AccountsError.Conflict"/> for a public client. Else refuses as
    /// <see cref="CreateAsync"/> does.
    /// </summary>
    public Task<AccountsResult<IssuedOAuthClient>> ReplaceSecretAsync(Caller caller, OAuthClientId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<IssuedOAuthClient>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await FindAsync(connection, caller, id, token) is not { } client)
                {
                    return NoClient;
                }

                if (client.IsPublic)
                {
                    return new AccountsError.Conflict("oauth_client.public", "A public client has no secret.");
                }

                if (
                    (
                        Refusal(caller, client)
                        ?? (client.ServiceAccount is { } account ? await ServiceAccountRefusalAsync(connection, caller, account, token) : null)
                    ) is
                    { } refused
                )
                {
                    return refused;
                }

                var secret = ClientSecret.New();
                await using var update = connection.Command(
                    "update accounts.oauth_clients set secret_hash = $2 where id = $1",
                    id.Value,
                    ClientSecret.Hash(secret)
                );
                await update.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.OAuthClientSecretReplaced, client, client, token);
                return new IssuedOAuthClient(client, secret);
            },
            ct
        );

    /// <summary>
    /// Ends the client with all sessions that it was given. <see cref="AccountsError.NotFound"/> if there is none,
    /// <see cref="AccountsError.SessionNeeded"/>.
    /// </summary>
    public Task<AccountsResult<OAuthClient>> DeleteAsync(Caller caller, OAuthClientId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<OAuthClient>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (!caller.HasSignedIn)
                {
                    return new AccountsError.SessionNeeded();
                }

                if (await FindAsync(connection, caller, id, token) is not { } was)
                {
                    return NoClient;
                }

                await using var delete = connection.Command("delete from accounts.oauth_clients where id = $1", id.Value);
                await delete.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.OAuthClientDeleted, was, null, token);
                return was;
            },
            ct
        );

    // Locked, so that of two changes at the same moment the second builds on the first.
    private static async Task<OAuthClient?> FindAsync(NpgsqlConnection connection, Caller caller, OAuthClientId id, CancellationToken ct)
    {
        await using var find = connection.Command(
            $"select {Columns} from accounts.oauth_clients where tenant_id = $1 and id = $2 for update",
            caller.TenantId.Value,
            id.Value
        );
        return await find.ListAsync(Read, ct) is [var one] ? one : null;
    }

    // A client gets what members let it do without asking them, so no program registers one.
    private static AccountsError? Refusal(Caller caller, OAuthClient client)
    {
        if (!caller.HasSignedIn)
        {
            return new AccountsError.SessionNeeded();
        }

        var errors = new Dictionary<string, string[]>();
        if (client.Name.Length is 0 or > LongestName || !NameText.IsVisible(client.Name))
        {
            errors["name"] = [$"Give it a name of 1 to {LongestName} printable characters."];
        }

        if (
            client.ServiceAccount is null
                ? client.RedirectUris.Count is 0 or > RedirectUris.Most || !client.RedirectUris.All(RedirectUris.MayRegister)
                : client.RedirectUris.Count > 0
        )
        {
            errors["redirect_uris"] =
            [
                $"1 to {RedirectUris.Most} whole addresses: https, or http with 127.0.0.1, [::1] or localhost; without '#'. None for a service "
                    + "account.",
            ];
        }

        if (
            client.PostLogoutRedirectUris.Count > (client.ServiceAccount is null ? RedirectUris.Most : 0)
            || !client.PostLogoutRedirectUris.All(RedirectUris.MayRegister)
        )
        {
            errors["post_logout_redirect_uris"] =
            [
                $"At most {RedirectUris.Most} whole addresses: https, or http with 127.0.0.1, [::1] or localhost; without '#'. None for a service "
                    + "account.",
            ];
        }

        if (client is { ServiceAccount: not null, IsPublic: true })
        {
            errors["public"] = ["A service account's client has a secret."];
        }

        return errors.Count > 0 ? new AccountsError.Invalid(errors) : null;
    }

    // Nobody makes credentials for what they may not do themselves, or only in some places.
    private static async Task<AccountsError?> ServiceAccountRefusalAsync(
        NpgsqlConnection connection,
        Caller caller,
        UserId account,
        CancellationToken ct
    )
    {
        if (!caller.May(Permission.ManageServiceAccounts))
        {
            return new AccountsError.PermissionDenied(Permission.ManageServiceAccounts);
        }

        await using var find = connection.Command(
            """
            select m.role, r.permissions from accounts.memberships m join accounts.users u on u.id = m.user_id
                left join accounts.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
            where m.tenant_id = $1 and m.user_id = $2 and u.is_service_account for share of m
            """,
            caller.TenantId.Value,
            account.Value
        );
        var roles = await find.ListAsync(row => MemberRole.Read(row.GetString(0), null, null, row.GetValue(1) as string[]), ct);
        return roles is not [var role] ? new AccountsError.NotFound("service account")
            : !caller.Communities.IsWholeTenant ? new AccountsError.PermissionDenied(Permission.ManageServiceAccounts)
            : !role.IsWithin(caller) ? role.Beyond(caller.Permissions)
            : null;
    }

    private static IReadOnlyList<string> Distinct(IReadOnlyList<string?>? uris) =>
        [.. (uris ?? []).Select(uri => uri ?? "").Distinct(StringComparer.Ordinal)];

    private Task WriteAsync(NpgsqlConnection connection, Caller caller, string action, OAuthClient? before, OAuthClient? after, CancellationToken ct)
    {
        var client = (after ?? before)!;
        return _audit.WriteAsync(
            connection,
            AuditEntry.By(caller, action, new("oauth_client", client.ClientId.ToString(), client.Name), Shown(before), Shown(after)),
            ct
        );
    }

    private static object? Shown(OAuthClient? client) =>
        client is null
            ? null
            : new
            {
                name = client.Name,
                redirect_uris = client.RedirectUris,
                post_logout_redirect_uris = client.PostLogoutRedirectUris,
                is_public = client.IsPublic,
                service_account = client.ServiceAccount?.Value,
            };

    private static OAuthClient Read(DbDataReader row) =>
        new(
            new(row.GetGuid(0)),
            row.GetString(1),
            row.GetFieldValue<string[]>(2),
            row.GetFieldValue<string[]>(3),
            row.GetBoolean(4),
            row.IsDBNull(5) ? null : new UserId(row.GetGuid(5)),
            row.GetFieldValue<DateTimeOffset>(6)
        );
}
