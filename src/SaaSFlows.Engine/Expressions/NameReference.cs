namespace SaaSFlows.Engine.Expressions;

/// <summary>A name that an expression reads, with the members that it always reads.</summary>
/// <param name="Steps">The name, then members up to the first computed one: <c>nodes.a['b'].c</c> is nodes, a, b and c.</param>
/// <param name="Path">Where the string stands in the compiled JSON, as in <c>headers.Authorization</c>; empty for the value itself.</param>
/// <param name="Position">Zero-based index of the name in that string.</param>
public sealed record NameReference(IReadOnlyList<string> Steps, string Path, int Position)
{
    /// <summary>
    /// What its last step becomes with the dashes that follow without a space, shortest first: for <c>nodes.a-b-c</c> a-b and a-b-c. The language
    /// reads those dashes as minus signs.
    /// </summary>
    public IReadOnlyList<string> Dashed { get; init; } = [];

    /// <summary>Position of the name that this one follows after such a dash; null if there is none.</summary>
    public int? After { get; init; }

    /// <summary>Whether its author expects something on the way to be missing (<c>?.</c>).</summary>
    public bool IsOptional { get; init; }

    /// <summary>As its author would write it.</summary>
    public string Text => Write(Steps);

    /// <summary>Writes a path with dots, and with brackets where a member is no plain name.</summary>
    public static string Write(IEnumerable<string> steps) =>
        string.Concat(
            steps.Select(
                (step, place) =>
                    place == 0 ? step
                    : IsPlain(step) ? $".{step}"
                    : $"['{step.Replace("\\", "\\\\").Replace("'", "\\'")}']"
            )
        );

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '$');
}
