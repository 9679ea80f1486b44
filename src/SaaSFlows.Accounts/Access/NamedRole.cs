using Npgsql;

namespace SaaSFlows.Accounts.Access;

/// <summary>Finds the role that a request names, inside the tenant's transaction.</summary>
internal static class NamedRole
{
    /// <summary>
    /// A built-in role by its name or one of the tenant's own by its id; null for neither. Until the transaction ends nobody deletes or widens it.
    /// </summary>
    public static async Task<MemberRole?> FindAsync(NpgsqlConnection connection, string? role, CancellationToken ct)
    {
        if (!Guid.TryParse(role, out var id))
        {
            return RoleGrants.Parse(role ?? "") is { } builtIn ? MemberRole.Of(builtIn) : null;
        }

        await using var command = connection.Command("select name, permissions from accounts.roles where id = $1 for share", id);
        var found = await command.ListAsync(row => MemberRole.Read(MemberRole.Custom, id, row.GetString(0), (string[])row.GetValue(1)), ct);
        return found is [var own] ? own : null;
    }
}
