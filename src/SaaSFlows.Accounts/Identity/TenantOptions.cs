using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Settings for the names and the deletion of tenants.</summary>
public sealed class TenantOptions
{
    /// <summary>Hosts below the domain that are the product's own and name no tenant.</summary>
    public static IReadOnlyList<string> Hosts { get; } = ["www", "api", "app"];

    /// <summary>Reserved names. Operators use such hosts for the product itself, or people would think so.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    [
        .. Hosts,
        "admin",
        "auth",
        "billing",
        "cdn",
        "docs",
        "ftp",
        "help",
        "login",
        "localhost",
        "mail",
        "root",
        "saasflows",
        "smtp",
        "static",
        "status",
        "studio",
        "support",
        "system",
    ];

    /// <summary>A host below it names a tenant: acme.localhost is the tenant with the slug acme. Empty: hosts name none.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>The grace period in days between closing and deleting a tenant. 1 to 365.</summary>
    public int DeleteGraceDays { get; set; } = 30;

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The days are out of bounds, or the domain is no name.</exception>
    public void Validate()
    {
        // At least a day, so that a mistake can be undone.
        Setting.Require(DeleteGraceDays is >= 1 and <= 365, "Tenants:DeleteGraceDays", "must be from 1 to 365.");
        Setting.Require(
            Domain is "" || Uri.CheckHostName(Domain) == UriHostNameType.Dns && Domain[^1] != '.',
            "Tenants:Domain",
            "must be a host name without scheme, port or dot at its ends, or empty."
        );
    }
}
