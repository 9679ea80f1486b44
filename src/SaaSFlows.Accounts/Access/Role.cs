namespace SaaSFlows.Accounts.Access;

/// <summary>What a member is in a tenant, or in one community of it. Each role may do all that the next one may.</summary>
public enum Role
{
    Owner,
    Admin,
    Editor,
    Operator,
    Viewer,
}
