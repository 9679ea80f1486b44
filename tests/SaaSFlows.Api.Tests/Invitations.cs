using Npgsql;

namespace SaaSFlows.Api.Tests;

/// <summary>Members are invited in a later release; until then their rows are made by hand.</summary>
internal static class Invitations
{
    /// <summary>Somebody who joins the owner's tenant and community with a role, signed in there.</summary>
    public static async Task<Member> InviteAsync(this ApiHost host, Member owner, string role)
    {
        var ct = TestContext.Current.CancellationToken;
        var member = await host.RegisterAsync("Own tenant of a member");
        await using var connection = new NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            with person as (select id from accounts.users where email = $2),
            membership as (
                insert into accounts.memberships (tenant_id, user_id, role, last_used_at) select $1, id, $4, now() + interval '1 day'
                from person returning user_id)
            insert into accounts.community_members (tenant_id, community_id, user_id, role) select $1, $3, user_id, $4 from membership
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = owner.Tenant },
                new() { Value = member.Email },
                new() { Value = owner.Community },
                new() { Value = role },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
        return await host.SignInAsync(member) with { Community = owner.Community, Entity = owner.Entity };
    }

    /// <summary>One number from the database, every tenant seen.</summary>
    public static async Task<long> CountAsync(this ApiHost host, string sql, params object[] values)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
    }
}
