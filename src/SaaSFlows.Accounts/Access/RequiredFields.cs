namespace SaaSFlows.Accounts.Access;

/// <summary>Fields that a request can't do without.</summary>
internal static class RequiredFields
{
    /// <summary>Null if all of them hold something.</summary>
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
