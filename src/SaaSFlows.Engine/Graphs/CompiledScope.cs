namespace SaaSFlows.Engine.Graphs;

/// <summary>A static scope: the graph itself, or the body of one loop.</summary>
/// <param name="loop">Index of the loop whose body it is; -1 for the graph.</param>
internal sealed class CompiledScope(int index, int loop, CompiledScope? parent)
{
    /// <summary>Place among the graph's scopes; 0 is the graph itself.</summary>
    public int Index { get; } = index;

    public int Loop { get; } = loop;

    public CompiledScope? Parent { get; } = parent;

    /// <summary>Nodes in it; their slots count from 0, so that every connection leads to a higher one.</summary>
    public int Size { get; set; }

    /// <summary>The merges that can wait here, in that order.</summary>
    public List<CompiledNode> Merges { get; } = [];
}
