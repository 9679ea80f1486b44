namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>Limits of the licence of each tenant.</summary>
public sealed class LicensingOptions
{
    /// <summary>The name of the plan of all tenants of this installation, for metrics: 1 to 64 characters.</summary>
    public string Plan { get; set; } = "standard";

    /// <summary>Workflows that are not archived, per tenant. Null means no limit.</summary>
    public int? MaxWorkflowsPerTenant { get; set; }

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The limit is negative, or the plan has no name.</exception>
    public void Validate()
    {
        Setting.Require(Plan is { Length: >= 1 and <= 64 }, "Licensing:Plan", "must have 1 to 64 characters.");
        Setting.Require(MaxWorkflowsPerTenant is null or >= 0, "Licensing:MaxWorkflowsPerTenant", "must not be negative.");
    }
}
