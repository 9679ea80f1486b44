using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>What is said of somebody to a client.</summary>
/// <param name="Subject">Names the user for good.</param>
/// <param name="Name">Null without the scope profile.</param>
/// <param name="Email">Null without the scope email, and for a service account.</param>
/// <param name="EmailVerified">Whether a mail reached the address; null with <paramref name="Email"/>.</param>
public sealed record IdentityClaims(UserId Subject, string? Name, string? Email, bool? EmailVerified)
{
    /// <summary>As far as the scopes go; null scopes are all. Null for nobody.</summary>
    internal static async Task<IdentityClaims?> FindAsync(NpgsqlConnection connection, UserId user, ClientGrant? grant, CancellationToken ct)
    {
        var (profile, email) = (grant?.Has(Scopes.Profile) != false, grant?.Has(Scopes.Email) != false);
        await using var find = connection.Command(
            "select user_name, email, email_confirmed, is_service_account from accounts.users where id = $1",
            user.Value
        );
        return
            await find.ListAsync(
                row =>
                {
                    var mailed = email && !row.GetBoolean(3);
                    return new IdentityClaims(
                        user,
                        profile ? row.GetString(0) : null,
                        mailed ? row.GetString(1) : null,
                        mailed ? row.GetBoolean(2) : null
                    );
                },
                ct
            )
                is [var one]
            ? one
            : null;
    }
}
