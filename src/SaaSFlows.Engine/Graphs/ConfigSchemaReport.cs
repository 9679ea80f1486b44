namespace SaaSFlows.Engine.Graphs;

/// <summary>What a check of a node's configuration found.</summary>
/// <param name="Errors">What keeps the workflow from being published.</param>
/// <param name="Warnings">What is accepted but does not do what its author may expect.</param>
/// <param name="Names">Names of values that are looked up when the node runs.</param>
public sealed record ConfigSchemaReport(
    IReadOnlyList<ConfigSchemaProblem> Errors,
    IReadOnlyList<ConfigSchemaProblem> Warnings,
    IReadOnlyList<ConfigSchemaName> Names
);

/// <summary>A name of a value that a configuration gives without braces, such as <c>payload.items</c>.</summary>
/// <param name="Path">The field.</param>
/// <param name="Name">A dotted path.</param>
/// <param name="MayBeMissing">Whether the activity expects that there may be no such value.</param>
public sealed record ConfigSchemaName(string Path, string Name, bool MayBeMissing);

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Path">The field, such as <c>condition[0].operator</c>; empty for the configuration as a whole.</param>
/// <param name="Message">A whole sentence for the author that names the field, its value and the limit.</param>
public sealed record ConfigSchemaProblem(string Path, string Message)
{
    /// <summary>The sentence without the field's name.</summary>
    internal string Complaint { get; init; } = Message;
}
