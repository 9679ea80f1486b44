using SaaSFlows.Accounts.Internal;

namespace SaaSFlows.Accounts.Licensing;

/// <summary>What a tenant may use.</summary>
public sealed class LicensingOptions
{
    /// <summary>Workflows that are not archived, per tenant. Null means no limit.</summary>
    public int? MaxWorkflowsPerTenant { get; set; }

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The limit is negative.</exception>
    public void Validate() => Setting.Require(MaxWorkflowsPerTenant is null or >= 0, "Licensing:MaxWorkflowsPerTenant", "must not be negative.");
}
