using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Activities;

/// <summary>Everything an activity may know about the execution that it serves.</summary>
public interface IActivityContext
{
    /// <summary>Which execution, of whom. Opaque to most activities; ports to the outside need it.</summary>
    ExecutionRef Execution { get; }

    NodeId Node { get; }

    /// <summary>The node's configuration; templates are evaluated when a field is read.</summary>
    INodeConfig Config { get; }

    /// <summary>What arrived at the input port: the sender's output. For a trigger, the facts that started the execution.</summary>
    JsonElement Input { get; }

    /// <summary>The time of the last recorded fact, not the wall clock: the same on every replay.</summary>
    DateTimeOffset Now { get; }

    /// <summary>
    /// The same for each try of this node run; sent along with every effect (<c>execution:node:ordinal</c>, with the scope inside loops).
    /// </summary>
    string IdempotencyKey { get; }

    /// <summary>
    /// The id of the bookmark that <see cref="ActivityResult.Suspended"/> opens if this call answers with it: an effect can hand it out before.
    /// </summary>
    BookmarkId NextBookmark { get; }

    /// <summary>1 for the first try.</summary>
    int Attempt { get; }

    /// <summary>
    /// An id that nothing else has. Each call gives another one; the calls of another try, and of a replay, give the same ones in the same order. It
    /// follows from where it is made, so it is no secret.
    /// </summary>
    /// <returns>A UUID of version 4.</returns>
    Guid NewId();

    /// <summary>Reads a value by its name in expressions (variables first, then the trigger's fields); undefined if there is none.</summary>
    JsonElement Lookup(string path);

    /// <summary>
    /// The same for a name that the configuration gives: one that nothing in the workflow can have fails the node, so that a slip is not taken for a
    /// missing value.
    /// </summary>
    JsonElement Named(string name);

    /// <summary>Sets a variable; visible to later nodes once this node's result is recorded.</summary>
    void SetVariable(string name, JsonElement value, VariableScope scope = VariableScope.Workflow);

    /// <summary>Adds a line to the node's log. At most 64 KiB per node run; more is refused with an error, never cut.</summary>
    void Log(string message);
}

/// <summary>Where a variable lives.</summary>
public enum VariableScope
{
    /// <summary>The whole execution.</summary>
    Workflow,

    /// <summary>The surrounding loop iteration; outside of loops the whole execution.</summary>
    Local,
}

/// <summary>Which execution an activity works for.</summary>
public sealed record ExecutionRef(ExecutionId Id, TenantId Tenant, CommunityId Community, EntityId Entity, WorkflowId Workflow);

/// <summary>A node's configuration with its templates. Reading a field evaluates it; a failing expression fails the node.</summary>
public interface INodeConfig
{
    /// <summary>True if the author gave this field (null counts as not given).</summary>
    bool Has(string name);

    /// <summary>The field's value with its JSON type, templates evaluated; undefined if not given.</summary>
    JsonElement Value(string name);

    /// <summary>The same, where names stand for values that only this evaluation sees; they hide others.</summary>
    JsonElement Value(string name, IReadOnlyDictionary<string, JsonElement> own);

    /// <summary>The field as the author wrote it, templates not evaluated; undefined if not given.</summary>
    JsonElement Raw(string name);

    /// <summary>The field as text, templates evaluated; null if not given.</summary>
    string? Text(string name);
}
