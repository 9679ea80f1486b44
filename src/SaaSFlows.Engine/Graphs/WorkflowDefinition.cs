using System.Collections.Frozen;
using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A graph as its author wrote it, with our names for types and fields. It may be invalid: see <see cref="GraphValidator"/>.</summary>
/// <param name="Nodes">In the author's order.</param>
/// <param name="GlobalVariables">A JSON object: the variables' first values.</param>
public sealed record WorkflowDefinition(
    IReadOnlyList<NodeDefinition> Nodes,
    IReadOnlyList<ConnectionDefinition> Connections,
    JsonElement GlobalVariables
)
{
    /// <summary>The fields of a node that mean something.</summary>
    public static IReadOnlySet<string> NodeFields => DefinitionWriter.NodeFields;

    /// <summary>The fields of a node's <c>retry</c>.</summary>
    public static IReadOnlySet<string> RetryFields { get; } = FrozenSet.Create(StringComparer.Ordinal, "max_attempts", "backoff", "initial_seconds");

    /// <summary>The fields of a connection.</summary>
    public static IReadOnlySet<string> ConnectionFields { get; } =
        FrozenSet.Create(StringComparer.Ordinal, "connection_id", "from_node_id", "from_port_name", "to_node_id", "to_port_name");

    public WorkflowSettings Settings { get; init; } = WorkflowSettings.None;

    public static WorkflowDefinition Empty { get; } = new([], [], JsonElement.Parse("{}"));

    /// <summary>
    /// Reads <c>nodes</c>, <c>connections</c>, <c>global_variables</c> and <c>settings</c> of <paramref name="body"/>; other fields are not looked
    /// at. What is absent is taken from <paramref name="current"/>. Type and field aliases become our names. A wrong shape (JSON types, missing
    /// fields) is refused; whether the graph makes sense is not asked here.
    /// </summary>
    public static DefinitionOutcome Read(JsonElement body, ActivityCatalogue catalogue, WorkflowDefinition? current = null) =>
        new DefinitionReader(catalogue).Read(body, current ?? Empty);

    /// <summary>Reads a stored graph from UTF-8 JSON.</summary>
    /// <exception cref="JsonException">The bytes are no JSON.</exception>
    public static DefinitionOutcome Read(ReadOnlyMemory<byte> utf8, ActivityCatalogue catalogue) => Read(JsonElement.Parse(utf8.Span), catalogue);

    /// <summary>Writes the graph as one JSON object with the fields that are read (without empty settings); equal graphs give equal bytes.</summary>
    public byte[] ToUtf8Json() => DefinitionWriter.Write(this);
}

/// <summary>A place in the graph.</summary>
/// <param name="Config">A JSON object with our field names.</param>
/// <param name="Retry">Null: the activity's default.</param>
/// <param name="Timeout">Of one try; null: the activity's default.</param>
/// <param name="OnError">Null: by the <c>error</c> port if something is connected to it, else the execution fails.</param>
/// <param name="Other">Fields that mean nothing to us, kept as they came.</param>
public sealed record NodeDefinition(
    NodeId Id,
    string Type,
    string Label,
    JsonElement Position,
    JsonElement Config,
    bool Enabled,
    string? Description,
    RetryDefinition? Retry,
    TimeSpan? Timeout,
    ErrorHandling? OnError,
    IReadOnlyList<KeyValuePair<string, JsonElement>> Other
);

/// <summary>A node's own retry settings as written; validation checks the ranges.</summary>
public sealed record RetryDefinition(int MaxAttempts, string Backoff, double InitialSeconds);

/// <summary>What becomes of an execution when a node has failed for good.</summary>
public enum ErrorHandling
{
    Fail,
    Continue,
    ErrorPort,
}

/// <summary>A line from one node's output port to another node's input port.</summary>
public sealed record ConnectionDefinition(string Id, NodeId FromNode, string FromPort, NodeId ToNode, string ToPort);

/// <summary>What reading a definition gave. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record DefinitionOutcome
{
    // Private, so the nested cases below are the whole family.
    private DefinitionOutcome() { }

    public T Match<T>(Func<WorkflowDefinition, T> accepted, Func<IReadOnlyList<FieldError>, T> refused) =>
        this switch
        {
            Accepted outcome => accepted(outcome.Definition),
            Refused outcome => refused(outcome.Errors),
            _ => throw new InvalidOperationException("The family of definition outcomes is closed."),
        };

    public sealed record Accepted(WorkflowDefinition Definition) : DefinitionOutcome;

    public sealed record Refused(IReadOnlyList<FieldError> Errors) : DefinitionOutcome;
}

/// <summary>A field with a wrong shape.</summary>
/// <param name="Field">Its path, such as <c>nodes.node1.node_type</c>.</param>
public sealed record FieldError(string Field, string Message);
