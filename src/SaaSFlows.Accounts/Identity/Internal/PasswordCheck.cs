using Microsoft.AspNetCore.Identity;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Checks a password, slowly.</summary>
internal sealed class PasswordCheck(IPasswordHasher<User> hasher, DecoyHash decoy)
{
    /// <summary>False for an unknown user too, after the same work: or the time of the answer would tell which accounts exist.</summary>
    public bool IsRight(User? user, string password) =>
        hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? decoy.Value, password) != PasswordVerificationResult.Failed && user is not null;
}
