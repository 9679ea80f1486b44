using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>What somebody may do with a workflow, as far as their permissions go.</summary>
/// <param name="To">Who.</param>
/// <param name="Rights">At least <see cref="WorkflowRights.View"/>.</param>
public sealed record WorkflowGrant(Grantee To, WorkflowRights Rights)
{
    /// <summary>The grantee's name, for people; null if whoever reads it does not see the grantee.</summary>
    public string? Name { get; init; }
}

/// <summary>A user, a role or an entity: exactly one.</summary>
/// <param name="User">A member of the tenant.</param>
/// <param name="Role">A built-in role's name, and so the roles above it, or the id of one of the tenant's own.</param>
/// <param name="Entity">Stands for those who act in its community.</param>
public sealed record Grantee(UserId? User, string? Role, EntityId? Entity)
{
    /// <summary>member, role or entity; null unless it is exactly one.</summary>
    public string? Kind =>
        (User, Role, Entity) switch
        {
            ({ }, null, null) => "member",
            (null, { }, null) => "role",
            (null, null, { }) => "entity",
            _ => null,
        };

    internal Guid? OwnRole => Guid.TryParse(Role, out var id) ? id : null;

    internal string? BuiltIn => OwnRole is null ? Role : null;
}
