using Microsoft.AspNetCore.Identity;
using Npgsql;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Signs a user in. Scoped.</summary>
public sealed class SignInHandler
{
    private readonly UserManager<User> _users;
    private readonly PasswordCheck _passwords;
    private readonly PostgresPools _pools;
    private readonly AccessTokens _tokens;

    internal SignInHandler(UserManager<User> users, PasswordCheck passwords, PostgresPools pools, AccessTokens tokens) =>
        (_users, _passwords, _pools, _tokens) = (users, passwords, pools, tokens);

    /// <summary>A session, or <see cref="AccountsError.WrongCredentials"/>, or <see cref="AccountsError.TenantClosed"/> after the right password.</summary>
    public async Task<AccountsResult<Session>> HandleAsync(SignIn command, CancellationToken ct)
    {
        var email = (command.Email ?? "").Trim();

        // No stored address has U+0000, and the database can't even be asked for it.
        var user = email.Contains('\0', StringComparison.Ordinal) ? null : await _users.FindByEmailAsync(email);
        if (!await _passwords.IsRightAsync(user, command.Password ?? "", ct))
        {
            return new AccountsError.WrongCredentials();
        }

        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        if (await LastTenantAsync(connection, user!.Id, ct) is not (var tenant, var role))
        {
            return new AccountsError.TenantClosed();
        }

        var communities = role.IsTenantWide() ? CommunityAccess.WholeTenant : await CommunitiesAsync(connection, tenant.TenantId, user.Id, ct);
        var caller = new Caller(new(user.Id), user.UserName!, tenant.TenantId, role.Permissions(), communities);
        var token = await _tokens.IssueAsync(caller, command.ForCookie, ct);
        return new Session(token, new(caller.UserId, caller.Username, user.Email!), tenant);
    }

    private static async Task<(TenantSummary Tenant, Role Role)?> LastTenantAsync(NpgsqlConnection connection, Guid user, CancellationToken ct)
    {
        await using var find = connection.Command("select tenant_id, name, slug, role from accounts.memberships_of($1) limit 1", user);
        var found = await find.ListAsync(
            row => (Tenant: new TenantSummary(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)), Role: RoleGrants.Parse(row.GetString(3))), ct);
        if (found is not [(var tenant, { } role)])
        {
            return null;
        }

        await using var used = connection.Command("select accounts.membership_used($1, $2)", tenant.TenantId.Value, user);
        await used.ExecuteNonQueryAsync(ct);
        return (tenant, role);
    }

    private static async Task<CommunityAccess> CommunitiesAsync(NpgsqlConnection connection, TenantId tenant, Guid user, CancellationToken ct)
    {
        await using var command = connection.Command("select community_id, role from accounts.communities_of($1, $2)", tenant.Value, user);
        var rows = await command.ListAsync(row => (Id: new CommunityId(row.GetInt64(0)), Role: RoleGrants.Parse(row.GetString(1))), ct);
        return CommunityAccess.Of(rows.Where(r => r.Role is not null).ToDictionary(r => r.Id, r => r.Role!.Value));
    }
}
