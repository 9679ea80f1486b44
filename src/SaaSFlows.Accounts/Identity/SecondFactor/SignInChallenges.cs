using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.SecondFactor;

/// <summary>Challenges for users with a second factor. After the right password, the code must follow within five minutes.</summary>
internal sealed class SignInChallenges(TimeProvider time)
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    public async Task<AccountsError> IssueAsync(NpgsqlConnection connection, UserId user, TenantId tenant, bool forCookie, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        await using var insert = connection.Command(
            """
            with expired as (delete from accounts.sign_in_challenges where expires_at <= $6)
            insert into accounts.sign_in_challenges (token_hash, user_id, tenant_id, for_cookie, expires_at) values ($1, $2, $3, $4, $5)
            """,
            Hash(token),
            user.Value,
            tenant.Value,
            forCookie,
            now + _lifetime,
            now
        );
        await insert.ExecuteNonQueryAsync(ct);
        return new AccountsError.SecondFactorNeeded(token, _lifetime);
    }

    public async Task<SignInChallenge?> FindAsync(NpgsqlConnection connection, string? token, CancellationToken ct)
    {
        await using var find = connection.Command(
            """
            select u.id, u.user_name, u.email, c.tenant_id, c.for_cookie from accounts.sign_in_challenges c join accounts.users u on u.id = c.user_id
            where c.token_hash = $1 and c.expires_at > $2
            """,
            Hash(token ?? ""),
            time.GetUtcNow()
        );
        return
            await find.ListAsync(
                row => new SignInChallenge(new(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)), new(row.GetGuid(3)), row.GetBoolean(4)),
                ct
            )
                is [var found]
            ? found
            : null;
    }

    /// <summary>Returns false if another request has ended it.</summary>
    public static async Task<bool> EndAsync(NpgsqlConnection connection, string token, CancellationToken ct)
    {
        await using var end = connection.Command("delete from accounts.sign_in_challenges where token_hash = $1", Hash(token));
        return await end.ExecuteNonQueryAsync(ct) == 1;
    }

    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>A sign-in that waits for its second factor.</summary>
internal sealed record SignInChallenge(UserSummary User, TenantId Tenant, bool ForCookie);
