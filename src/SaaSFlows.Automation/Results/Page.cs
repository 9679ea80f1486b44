namespace SaaSFlows.Automation.Results;

/// <summary>The requested page of a list.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Size">1 to 100.</param>
public readonly record struct PageRequest(int Number, int Size)
{
    public int Skip => (Number - 1) * Size;
}

/// <summary>A page of a list, with the total number.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, PageRequest Request, long Total);
