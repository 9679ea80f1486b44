using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Accounts.Identity.Internal;

/// <summary>A hash that no password matches in practice, made with the cost of the real ones.</summary>
internal sealed class DecoyHash(IOptions<PasswordHasherOptions> options)
{
    public string Value { get; } = new PasswordHasher<User>(options).HashPassword(new(), Guid.NewGuid().ToString());
}
