using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>Shared parts of the use cases for communities and entities, inside the tenant's transaction.</summary>
internal static class PlaceSql
{
    private const int LongestName = 120;

    /// <summary>Returns null if the name is valid.</summary>
    public static AccountsError.Invalid? CheckName(string name) =>
        name.Length is 0 or > LongestName || !NameText.IsVisible(name)
            ? new AccountsError.Invalid(new Dictionary<string, string[]> { ["name"] = [$"A name has 1 to {LongestName} printable characters."] })
            : null;

    /// <summary>Returns null if the caller has the permission in the community. A community that the caller can't see is not found.</summary>
    public static async Task<AccountsError?> RefuseAsync(
        NpgsqlConnection connection,
        Caller caller,
        string permission,
        CommunityId community,
        CancellationToken ct
    )
    {
        if (!await SeesAsync(connection, community, ct))
        {
            return new AccountsError.NotFound("community");
        }

        return caller.May(permission, community) ? null : new AccountsError.PermissionDenied(permission);
    }

    /// <summary>Whether row-level security shows the community to the transaction.</summary>
    public static async Task<bool> SeesAsync(NpgsqlConnection connection, CommunityId community, CancellationToken ct)
    {
        await using var find = connection.Command("select 1 from accounts.communities where id = $1", community.Value);
        return await find.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Returns the number of rows of <paramref name="from"/>.</summary>
    public static async Task<long> CountAsync(this NpgsqlConnection connection, string from, object[] values, CancellationToken ct)
    {
        await using var count = connection.Command("select count(*) from " + from, values);
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Deletes the object and returns null, or returns the refusal.</summary>
    public static async Task<AccountsError?> DeleteAsync(NpgsqlConnection connection, CommunityId community, EntityId? entity, CancellationToken ct)
    {
        var what = entity is null ? "community" : "entity";
        await using var delete = connection.Command("select accounts.delete_place($1, $2)", community.Value, (object?)entity?.Value ?? DBNull.Value);
        return (string)(await delete.ExecuteScalarAsync(ct))! switch
        {
            "deleted" => null,
            "last" => new AccountsError.Conflict("community.last", "A tenant keeps at least one community. Make another one first."),
            "in_use" => new AccountsError.Conflict(
                $"{what}.in_use",
                $"This {what} has workflows that are not archived, or executions that have not ended. Archive, cancel or wait for them first."
            ),
            _ => new AccountsError.NotFound(what),
        };
    }
}
