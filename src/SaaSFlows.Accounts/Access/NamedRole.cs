using Npgsql;

namespace SaaSFlows.Accounts.Access;

/// <summary>Finds the role that a request names, inside the tenant's transaction.</summary>
internal static class NamedRole
{
    /// <summary>
    /// Returns a built-in role by its name or a custom role by its id; null for neither. The role can't be deleted or changed until the transaction
    /// ends.
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
