namespace SaaSFlows.Accounts.Access;

/// <summary>The built-in roles of members in a tenant or a community. Each role has all permissions of the next one.</summary>
public enum Role
{
    Owner,
    Admin,
    Editor,
    Operator,
    Viewer,
}
