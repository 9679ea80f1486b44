using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>The tenants that a person is a member of. Singleton.</summary>
public sealed class OwnTenantsHandler
{
    private readonly PostgresPools _pools;
    private readonly SessionOpener _sessions;

    internal OwnTenantsHandler(PostgresPools pools, SessionOpener sessions) => (_pools, _sessions) = (pools, sessions);

    /// <summary>Returns the tenants: the open ones first, by last use. For a key or a program, only its own tenant.</summary>
    public async Task<AccountsList<OwnTenant>> ListAsync(Caller caller, int skip, int take, CancellationToken ct)
    {
        const string Visible = "accounts.tenants_of($1) where $2 or tenant_id = $3";
        object[] values = [caller.UserId.Value, caller.HasSignedIn, caller.TenantId.Value];
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var list = connection.Command(
            $"select tenant_id, slug, name, status, role, delete_at from {Visible} offset $4 limit $5",
            [.. values, skip, take]
        );
        return new(await list.ListAsync(TenantChoice.Read, ct), await connection.CountAsync(Visible, values, ct));
    }

    /// <summary>Begins a session in another tenant of the caller.</summary>
    /// <returns> The session, <see cref="AccountsError.NotFound"/> for a tenant that is unknown or not the caller's,
    /// <see cref="AccountsError.TenantClosed"/>, or <see cref="AccountsError.SessionNeeded"/>. </returns>
    public async Task<AccountsResult<Session>> SwitchAsync(Caller caller, TenantId? id, string? slug, bool forCookie, CancellationToken ct)
    {
        if (!caller.HasSignedIn)
        {
            return new AccountsError.SessionNeeded();
        }

        var chosen = await ChooseAsync(caller.UserId, id, slug, ct);
        return chosen is AccountsResult<(UserSummary, Membership)>.Done { Value: var (user, membership) }
            ? await _sessions.OpenAsync(
                membership.Caller with
                {
                    Credential = caller.Credential,
                },
                user,
                membership.Tenant,
                forCookie,
                caller.From,
                ct
            )
            : ((AccountsResult<(UserSummary, Membership)>.Failed)chosen).Error;
    }

    private async Task<AccountsResult<(UserSummary, Membership)>> ChooseAsync(UserId caller, TenantId? id, string? slug, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (await UserAsync(connection, caller, ct) is not { } user)
        {
            return new AccountsError.TokenRefused();
        }

        var chosen = await TenantChoice.FindAsync(connection, user, id, slug, ct);
        if (chosen is not AccountsResult<Membership>.Done { Value: var membership })
        {
            return ((AccountsResult<Membership>.Failed)chosen).Error;
        }

        await Memberships.UsedAsync(connection, membership, ct);
        return (user, membership);
    }

    private static async Task<UserSummary?> UserAsync(NpgsqlConnection connection, UserId id, CancellationToken ct)
    {
        await using var find = connection.Command("select user_name, email from accounts.users where id = $1", id.Value);
        return await find.ListAsync(row => new UserSummary(id, row.GetString(0), row.GetString(1)), ct) is [var user] ? user : null;
    }
}
