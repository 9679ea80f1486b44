using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ServiceAccounts;

/// <summary>A member of one tenant that is a program. It has no password and uses API keys or client credentials.</summary>
/// <param name="UserId">The id, which is used like the id of a user.</param>
/// <param name="Name">The name in its tenant; not unique.</param>
/// <param name="Role">The role, as for any member.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ServiceAccount(UserId UserId, string Name, MemberRole Role, DateTimeOffset CreatedAt);
