namespace SaaSFlows.Accounts.Licensing;

/// <summary>What a tenant may use.</summary>
public sealed class LicensingOptions
{
    /// <summary>Workflows that are not archived, per tenant. Null means no limit.</summary>
    public int? MaxWorkflowsPerTenant { get; set; }
}
