using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ServiceAccounts;

/// <summary>A member of one tenant that is a program: no password opens it, API keys and client credentials do.</summary>
/// <param name="UserId">Names it wherever a user is named.</param>
/// <param name="Name">As its tenant calls it; not unique.</param>
/// <param name="Role">What it may do, like any member's.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ServiceAccount(UserId UserId, string Name, MemberRole Role, DateTimeOffset CreatedAt);
