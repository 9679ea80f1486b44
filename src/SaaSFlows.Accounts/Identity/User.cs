using Microsoft.AspNetCore.Identity;

namespace SaaSFlows.Accounts.Identity;

internal sealed class User : IdentityUser<Guid>;
