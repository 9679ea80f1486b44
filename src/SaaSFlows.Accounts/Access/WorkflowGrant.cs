using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>A grant on a workflow. It never adds permissions.</summary>
/// <param name="To">The grantee.</param>
/// <param name="Rights">At least <see cref="WorkflowRights.View"/>.</param>
public sealed record WorkflowGrant(Grantee To, WorkflowRights Rights)
{
    /// <summary>The grantee's name for people; null if the reader can't see the grantee.</summary>
    public string? Name { get; init; }
}

/// <summary>A user, a role or an entity: exactly one.</summary>
/// <param name="User">A member of the tenant.</param>
/// <param name="Role">The name of a built-in role, which includes the roles above it, or the id of a custom role.</param>
/// <param name="Entity">An entity, which means all members of its community.</param>
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
