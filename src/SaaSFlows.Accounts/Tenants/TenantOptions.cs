namespace SaaSFlows.Accounts.Tenants;

/// <summary>How tenants are named and deleted.</summary>
public sealed class TenantOptions
{
    /// <summary>Names that no tenant can choose: operators give such hosts to the product itself.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["www", "api", "app"];

    /// <summary>A host below it names a tenant: acme.localhost is the tenant with the slug acme. Empty: hosts name none.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>Days that a tenant is only closed before it is deleted with all that it has. 0 to 365.</summary>
    public int DeleteGraceDays { get; set; } = 30;
}
