using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SaaSFlows.Accounts.Identity;

internal static class NewUsers
{
    /// <summary>
    /// Creates a user. Returns false if the address is taken; then the surrounding transaction can't be used any more. The password has passed
    /// <see cref="RegisterRules"/>.
    /// </summary>
    public static async Task<bool> TryCreateAsync(this UserManager<User> users, User user, string password)
    {
        try
        {
            var created = await users.CreateAsync(user, password);
            return created.Succeeded
                || (
                    created.Errors.All(e =>
                        e.Code is nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName)
                    )
                        ? false
                        : throw new InvalidOperationException(
                            $"Identity refused what RegisterRules accepted: {string.Join(", ", created.Errors.Select(e => e.Code))}."
                        )
                );
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Two registrations of one address passed Identity's check together; the index let one through.
            return false;
        }
    }
}
