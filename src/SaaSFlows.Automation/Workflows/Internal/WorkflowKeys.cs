using System.Text;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>Makes the key by which routes name a workflow.</summary>
internal static class WorkflowKeys
{
    private const int MaxLength = 60;

    /// <summary>Lower-case letters (of any script), digits and single dashes; never empty.</summary>
    public static string FromName(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var rune in Nfc.Of(name).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                key.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (key.Length > 0 && key[^1] != '-')
            {
                key.Append('-');
            }

            if (key.Length >= MaxLength)
            {
                break;
            }
        }

        var trimmed = key.ToString().Trim('-');
        return trimmed.Length == 0 ? "workflow" : trimmed;
    }
}
