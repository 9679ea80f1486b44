using System.Globalization;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Chooses the tenant of a new session.</summary>
internal static class TenantChoice
{
    /// <summary>
    /// Returns the named tenant, or without a name the one used last. A named tenant that is unknown or not the user's is not found.
    /// </summary>
    public static async Task<AccountsResult<Membership>> FindAsync(
        NpgsqlConnection connection,
        UserSummary user,
        TenantId? id,
        string? slug,
        CancellationToken ct
    )
    {
        var named = id is not null || slug is not null;
        await using var find = connection.Command(
            "select tenant_id, slug, name, status, role, delete_at from accounts.tenants_of($1) where ($2::uuid is null or tenant_id = $2) and "
                + "($3::text is null or slug = $3) limit 1",
            user.UserId.Value,
            (object?)id?.Value ?? DBNull.Value,
            (object?)slug ?? DBNull.Value
        );
        if (await find.ListAsync(Read, ct) is not [var found])
        {
            return named ? new AccountsError.NotFound("tenant") : new AccountsError.TenantClosed();
        }

        return await Memberships.FindAsync(connection, user, found.Tenant.TenantId, ct) is { } membership
            ? membership
            : new AccountsError.TenantClosed(
                found.Status switch
                {
                    "closing" => string.Create(
                        CultureInfo.InvariantCulture,
                        $"{found.Tenant.Name} is closed and will be deleted on {found.DeleteAt:yyyy-MM-dd}. Its owner can still restore it."
                    ),
                    "suspended" => $"{found.Tenant.Name} is suspended. Ask the operator of this installation.",
                    _ => null,
                }
            );
    }

    /// <summary>A row of accounts.tenants_of.</summary>
    public static OwnTenant Read(System.Data.Common.DbDataReader row) =>
        new(
            new(new(row.GetGuid(0)), row.GetString(2), row.GetString(1)),
            row.GetString(4),
            row.GetString(3),
            row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5)
        );
}
