using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Hashes passwords in Unicode NFC (RFC 8265), because keyboards send an accent as one or two characters.</summary>
internal sealed class NfcPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override string HashPassword(User user, string password) => base.HashPassword(user, Nfc.Of(password));

    /// <summary>Passwords that were set before NFC was used still match as they were typed, and are hashed again.</summary>
    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        // Longer passwords are not accepted, and composing takes quadratic time in the number of accents.
        var provided = providedPassword.Length > RegisterRules.LongestPassword ? "" : providedPassword;
        var composed = Nfc.Of(provided);
        var result = base.VerifyHashedPassword(user, hashedPassword, composed);
        return
            result == PasswordVerificationResult.Failed
            && composed != provided
            && base.VerifyHashedPassword(user, hashedPassword, provided) != PasswordVerificationResult.Failed
            ? PasswordVerificationResult.SuccessRehashNeeded
            : result;
    }
}
