using Microsoft.AspNetCore.Identity;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Checks a password. This is slow on purpose.</summary>
internal sealed class PasswordCheck(IPasswordHasher<User> hasher, DecoyHash decoy)
{
    /// <summary>Returns false for an unknown user after the same work, so that the duration does not reveal which accounts exist.</summary>
    public bool IsRight(User? user, string password) =>
        hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? decoy.Value, password) != PasswordVerificationResult.Failed && user is not null;
}
