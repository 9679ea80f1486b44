using Microsoft.AspNetCore.Identity;

namespace SaaSFlows.Accounts.Identity.Internal;

internal sealed class User : IdentityUser<Guid>;
