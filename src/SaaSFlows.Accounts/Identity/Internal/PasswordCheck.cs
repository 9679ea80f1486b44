using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Checks a password, slowly, and counts the wrong ones.</summary>
internal sealed class PasswordCheck(IdentityDb db, IPasswordHasher<User> hasher, DecoyHash decoy, IOptions<IdentityOptions> options, TimeProvider time)
{
    private readonly LockoutOptions _lockout = options.Value.Lockout;

    /// <summary>False for an unknown user, a wrong password and a locked account, after the same work.</summary>
    public async Task<bool> IsRightAsync(User? user, string password, CancellationToken ct)
    {
        // An unknown address costs a hash too, or the time of the answer would tell which accounts exist.
        var matches = hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? decoy.Value, password) != PasswordVerificationResult.Failed;
        if (user is null)
        {
            return false;
        }

        return matches ? await AcceptAsync(user, ct) : await CountFailureAsync(user, ct);
    }

    // One statement decides, so a guess that was already under way when the account was locked is refused even if it is right.
    private async Task<bool> AcceptAsync(User user, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return await db.Users.Where(u => u.Id == user.Id && (u.LockoutEnd == null || u.LockoutEnd <= now))
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.AccessFailedCount, 0).SetProperty(x => x.LockoutEnd, (DateTimeOffset?)null), ct) == 1;
    }

    // Identity's own count is lost where guesses come at the same moment: it reads, then writes with a concurrency stamp.
    private async Task<bool> CountFailureAsync(User user, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? end = now + _lockout.DefaultLockoutTimeSpan;
        var last = _lockout.MaxFailedAccessAttempts - 1;
        await db.Users.Where(u => u.Id == user.Id && (u.LockoutEnd == null || u.LockoutEnd <= now))
            .ExecuteUpdateAsync(
                u => u.SetProperty(x => x.LockoutEnd, x => x.AccessFailedCount >= last ? end : null)
                    .SetProperty(x => x.AccessFailedCount, x => x.AccessFailedCount >= last ? 0 : x.AccessFailedCount + 1),
                ct);
        return false;
    }
}
