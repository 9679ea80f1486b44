namespace SaaSFlows.Primitives;

/// <summary>A customer. Owns all data below it and is isolated from all others.</summary>
public readonly record struct TenantId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A group inside a tenant (64-bit, unique in the whole installation).</summary>
public readonly record struct CommunityId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A place where a community acts, such as a chat channel (64-bit, unique in the whole installation).</summary>
public readonly record struct EntityId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A person. Users are global; memberships belong to tenants.</summary>
public readonly record struct UserId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A role that a tenant made for itself.</summary>
public readonly record struct RoleId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>One sign-in of a person, until it is ended or left unused.</summary>
public readonly record struct SessionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A link by which somebody joins a tenant.</summary>
public readonly record struct InvitationId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>Another issuer of tokens that a tenant trusts.</summary>
public readonly record struct TrustedIssuerId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>An entry of a tenant's audit log. A UUIDv7: entries are listed by its time.</summary>
public readonly record struct AuditEntryId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A named graph with versions.</summary>
public readonly record struct WorkflowId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A question that an execution asks people, waiting for their decision.</summary>
public readonly record struct ApprovalId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>An event that was published to a tenant's workflows.</summary>
public readonly record struct EventId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A service that workflows may call by its name.</summary>
public readonly record struct ServiceId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>One replay of an aggregate's events.</summary>
public readonly record struct ReplayId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>An immutable snapshot of a workflow, made at publish.</summary>
public readonly record struct WorkflowVersionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>One run of one version. A UUIDv7: its time decides the partition that holds its rows.</summary>
public readonly record struct ExecutionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A webhook: an address whose calls start a workflow.</summary>
public readonly record struct WebhookId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>The place where a parked execution waits.</summary>
public readonly record struct BookmarkId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>One process that runs executions: new at each start, never reused.</summary>
public readonly record struct WorkerId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A place in a graph, named by its author; unique within the graph, case-sensitive.</summary>
public readonly record struct NodeId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>An API key. The id is public; the key itself is a secret.</summary>
public readonly record struct ApiKeyId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>The <c>client_id</c> of a program that a tenant registered. It is no secret and gives no access by itself.</summary>
public readonly record struct OAuthClientId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
