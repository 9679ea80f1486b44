using System.Collections.Frozen;
using System.Globalization;

namespace SaaSFlows.Engine.Graphs;

/// <summary>What a variable of an execution can be called.</summary>
internal static class VariableName
{
    private const int Longest = 200;

    private static readonly FrozenSet<string> Reserved = GraphNames.Roots.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Why no node can set a variable of this name, as a sentence; null if one can.</summary>
    public static string? Problem(string name) =>
        name.Length == 0 ? "A variable needs a name."
        : name.Length > Longest ? string.Create(CultureInfo.InvariantCulture, $"A variable's name may have {Longest} characters, not {name.Length}.")
        : IsReserved(name) ? $"A variable can't be called '{name}': in every workflow that name is something else. Give it another one."
        : null;

    /// <summary>Whether the name alone is something that every workflow has.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name);
}
