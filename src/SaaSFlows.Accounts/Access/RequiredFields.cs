namespace SaaSFlows.Accounts.Access;

/// <summary>Checks required fields.</summary>
internal static class RequiredFields
{
    /// <summary>Returns null if all fields have a value.</summary>
    public static AccountsError.Invalid? Missing(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var missing = new Dictionary<string, string[]>();
        foreach (var (name, value) in fields)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                missing[name] = ["This is required."];
            }
        }

        return missing.Count == 0 ? null : new(missing);
    }
}
