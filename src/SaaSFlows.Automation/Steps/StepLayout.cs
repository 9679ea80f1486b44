namespace SaaSFlows.Automation.Steps;

/// <summary>Places nodes from left to right: each to the right of its predecessors, near their height.</summary>
internal static class StepLayout
{
    private const int ColumnWidth = 250;
    private const int RowHeight = 150;

    /// <param name="nodes">Without cycles.</param>
    public static Dictionary<string, (int X, int Y)> Place(IReadOnlyList<string> nodes, IReadOnlyCollection<StepEdge> edges)
    {
        var into = edges.ToLookup(edge => edge.To, edge => edge.From);
        var column = new Dictionary<string, int>();
        foreach (var node in StepOrder.Sort(nodes, edges))
        {
            column[node] = into[node].Select(from => column[from] + 1).DefaultIfEmpty(0).Max();
        }

        var columns = nodes.ToLookup(node => column[node]);
        var tallest = columns.Select(members => members.Count()).DefaultIfEmpty(0).Max();
        var places = new Dictionary<string, (int X, int Y)>();
        foreach (var members in columns.OrderBy(members => members.Key))
        {
            var top = (tallest - members.Count()) * RowHeight / 2;
            var row = 0;
            foreach (var node in members.OrderBy(node => into[node].Select(from => (double)places[from].Y).DefaultIfEmpty(0).Average()))
            {
                places[node] = (members.Key * ColumnWidth, top + (row++ * RowHeight));
            }
        }

        return places;
    }
}
