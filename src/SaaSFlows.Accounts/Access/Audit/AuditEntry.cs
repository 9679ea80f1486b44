using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>An entry of the audit log: a change or a sign-in attempt.</summary>
/// <param name="Tenant">The tenant of the log.</param>
/// <param name="Actor">The actor.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Target">The target of the action.</param>
public sealed record AuditEntry(TenantId Tenant, AuditActor Actor, string Action, AuditTarget Target)
{
    /// <summary>
    /// The target before, as an object that serialises to JSON; null if it did not exist. Only differing fields of the two objects are kept. Secrets
    /// are masked, and long values are cut visibly.
    /// </summary>
    public object? Before { get; init; }

    /// <summary>The target after the change; null if it was deleted.</summary>
    public object? After { get; init; }

    /// <summary>Where the request came from.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>The credential of the actor; null for none.</summary>
    public Credential? Credential { get; init; }

    /// <summary>Makes an entry for an action of a caller in the caller's tenant.</summary>
    public static AuditEntry By(Caller caller, string action, AuditTarget target, object? before = null, object? after = null) =>
        new(caller.TenantId, AuditActor.User(caller.UserId, caller.Username), action, target)
        {
            Before = before,
            After = after,
            From = caller.From,
            Credential = caller.Credential,
        };

    public override string ToString() => $"{Action} {Target.Type} {Target.Id}";
}

/// <summary>The actor of an entry.</summary>
public sealed record AuditActor
{
    private AuditActor(string kind, string? id, string? name) => (Kind, Id, Name) = (kind, id, name);

    /// <summary>The platform itself.</summary>
    public static AuditActor System { get; } = new("system", null, null);

    /// <summary>An unknown actor, such as in a failed sign-in.</summary>
    public static AuditActor Anonymous { get; } = new("anonymous", null, null);

    /// <summary><c>user</c>, <c>webhook</c>, <c>system</c> or <c>anonymous</c>.</summary>
    public string Kind { get; }

    public string? Id { get; }

    /// <summary>The current name, which the entry keeps.</summary>
    public string? Name { get; }

    /// <summary>A person or a service account.</summary>
    public static AuditActor User(UserId id, string name) => new("user", id.ToString(), name);

    /// <summary>A caller of a webhook.</summary>
    public static AuditActor Webhook(WebhookId id) => new("webhook", id.ToString(), null);
}

/// <summary>The target of an action.</summary>
/// <param name="Type">A noun: <c>workflow</c>, <c>member</c>, <c>session</c>, …</param>
/// <param name="Id">Its id as text.</param>
/// <param name="Name">Its current name for people; null if it has none.</param>
public sealed record AuditTarget(string Type, string Id, string? Name = null);
