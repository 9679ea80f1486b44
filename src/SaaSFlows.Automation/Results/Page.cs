namespace SaaSFlows.Automation.Results;

/// <summary>Which part of a list is wanted.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Size">1 to 100.</param>
public readonly record struct PageRequest(int Number, int Size)
{
    public int Skip => (Number - 1) * Size;
}

/// <summary>A part of a list and how long the whole is.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, PageRequest Request, long Total);
