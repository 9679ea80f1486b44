namespace SaaSFlows.Engine.Graphs;

/// <summary>What validation found. Errors refuse publish and execute; warnings do not.</summary>
/// <param name="Errors">About the graph as a whole.</param>
/// <param name="NodeErrors">By node id, in the order of the definition; only nodes with errors.</param>
public sealed record ValidationReport(
    IReadOnlyList<string> Errors,
    IReadOnlyList<ValidationWarning> Warnings,
    IReadOnlyDictionary<string, IReadOnlyList<string>> NodeErrors
)
{
    public bool IsValid => ErrorCount == 0;

    /// <summary>Errors of the graph and of its nodes together.</summary>
    public int ErrorCount => Errors.Count + NodeErrors.Values.Sum(errors => errors.Count);
}

/// <summary>What is accepted but hardly does what its author expects.</summary>
/// <param name="Code">Stable, lower-case, dotted.</param>
/// <param name="Message">A whole sentence that names the place, and what to write instead where that is known.</param>
public sealed record ValidationWarning(string Code, string Message)
{
    /// <summary>The node that it is about; null for the graph as a whole.</summary>
    public string? Node { get; init; }

    /// <summary>
    /// Where in the node's configuration, as in <c>headers.Authorization</c> or <c>condition[0].variable</c>; null for the node as a whole.
    /// </summary>
    public string? Field { get; init; }

    /// <summary>Zero-based index in the field's text; null if no place in it is meant.</summary>
    public int? Position { get; init; }

    /// <summary>What to write instead; null if that cannot be known.</summary>
    public string? Suggestion { get; init; }
}
