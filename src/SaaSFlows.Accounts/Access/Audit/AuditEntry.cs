using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>A change, or an attempt at signing in.</summary>
/// <param name="Tenant">Whose log it belongs to.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Target">What it was done to.</param>
public sealed record AuditEntry(TenantId Tenant, AuditActor Actor, string Action, AuditTarget Target)
{
    /// <summary>
    /// The target before, as an object that serialises to JSON; null if it did not exist. Of two objects only what differs is kept, secrets are
    /// masked, long values are cut visibly.
    /// </summary>
    public object? Before { get; init; }

    /// <summary>The target afterwards; null if it is gone.</summary>
    public object? After { get; init; }

    /// <summary>Where the request came from.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>What the actor was known by; null for none.</summary>
    public Credential? Credential { get; init; }

    /// <summary>What a caller did in the caller's tenant.</summary>
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

/// <summary>Who did something.</summary>
public sealed record AuditActor
{
    private AuditActor(string kind, string? id, string? name) => (Kind, Id, Name) = (kind, id, name);

    /// <summary>The platform itself.</summary>
    public static AuditActor System { get; } = new("system", null, null);

    /// <summary>Nobody who is known, such as whoever fails to sign in.</summary>
    public static AuditActor Anonymous { get; } = new("anonymous", null, null);

    /// <summary><c>user</c>, <c>webhook</c>, <c>system</c> or <c>anonymous</c>.</summary>
    public string Kind { get; }

    public string? Id { get; }

    /// <summary>As it is now: the entry keeps it.</summary>
    public string? Name { get; }

    /// <summary>A person or a service account.</summary>
    public static AuditActor User(UserId id, string name) => new("user", id.ToString(), name);

    /// <summary>Whoever holds a webhook's address.</summary>
    public static AuditActor Webhook(WebhookId id) => new("webhook", id.ToString(), null);
}

/// <summary>What something was done to.</summary>
/// <param name="Type">A noun: <c>workflow</c>, <c>member</c>, <c>session</c>, …</param>
/// <param name="Id">Its id as text.</param>
/// <param name="Name">What people call it, as it is now; null if nothing.</param>
public sealed record AuditTarget(string Type, string Id, string? Name = null);
