namespace SaaSFlows.Automation.Results;

/// <summary>Messages about unknown fields. Unknown fields are never ignored.</summary>
public static class FieldNames
{
    // A name that is longer than all known names is not compared.
    private const int Longest = 60;

    /// <summary>Returns the message about the unknown field <paramref name="name"/>, with a similar known name.</summary>
    /// <param name="what">The word for it in the message.</param>
    public static string Unknown(string name, IEnumerable<string> known, string what = "field")
    {
        var near =
            name.Length > Longest
                ? null
                : known
                    .Select(one => (Name: one, Distance: Distance(one, name)))
                    .Where(one => one.Distance <= 1 + (Math.Min(name.Length, one.Name.Length) / 4))
                    .OrderBy(one => one.Distance)
                    .Select(one => one.Name)
                    .FirstOrDefault();
        return near is null ? $"is not a known {what}." : $"is not a known {what}; did you mean {near}?";
    }

    // Letters to add, drop, change or swap with their neighbour.
    private static int Distance(string a, string b)
    {
        var steps = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                steps[i, j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1, steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
                }
            }
        }

        return steps[a.Length, b.Length];
    }
}
