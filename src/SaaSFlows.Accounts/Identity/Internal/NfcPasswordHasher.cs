using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Internal;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>Hashes passwords in Unicode NFC (RFC 8265): one keyboard composes an accent that another one sends as two characters.</summary>
internal sealed class NfcPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override string HashPassword(User user, string password) => base.HashPassword(user, NameText.Nfc(password));

    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        base.VerifyHashedPassword(user, hashedPassword, NameText.Nfc(providedPassword));
}
