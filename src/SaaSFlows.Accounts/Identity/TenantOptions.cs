using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Identity;

/// <summary>How tenants are named and deleted.</summary>
public sealed class TenantOptions
{
    /// <summary>Hosts below the domain that are the product's own and name no tenant.</summary>
    public static IReadOnlyList<string> Hosts { get; } = ["www", "api", "app"];

    /// <summary>Names that no tenant can choose: operators give such hosts to the product itself, or people would take them for it.</summary>
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

    /// <summary>Days that a tenant is only closed before it is deleted with all that it has. 1 to 365.</summary>
    public int DeleteGraceDays { get; set; } = 30;

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The days are out of bounds, or the domain is no name.</exception>
    public void Validate()
    {
        // Without a day nobody could take a slip back.
        Setting.Require(DeleteGraceDays is >= 1 and <= 365, "Tenants:DeleteGraceDays", "must be from 1 to 365.");
        Setting.Require(
            Domain is "" || Uri.CheckHostName(Domain) == UriHostNameType.Dns && Domain[^1] != '.',
            "Tenants:Domain",
            "must be a host name without scheme, port or dot at its ends, or empty."
        );
    }
}
