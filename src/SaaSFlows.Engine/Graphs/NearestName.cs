namespace SaaSFlows.Engine.Graphs;

/// <summary>Finds what somebody may have meant who misspelt a name.</summary>
public static class NearestName
{
    private const int LongestCompared = 100;

    /// <summary>The name that differs least, the first of several; null if none is so near that it may be meant.</summary>
    public static string? To(string name, IEnumerable<string> names)
    {
        var (nearest, least) = ((string?)null, Tolerance(name) + 1);
        foreach (var candidate in names.Where(candidate => Math.Abs(candidate.Length - name.Length) < least && candidate.Length <= LongestCompared))
        {
            var distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, candidate);
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    // One slip for every three letters, two at most: else short names are near to everything.
    private static int Tolerance(string name) => name.Length > LongestCompared ? -1 : Math.Min(name.Length / 3, 2);

    /// <summary>Letters that are missing, too many, different or swapped with their neighbour.</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 1; j <= right.Length; j++)
        {
            rows[0, j] = j;
            for (var i = 1; i <= left.Length; i++)
            {
                var differs = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + differs);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
