using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Settings of access tokens.</summary>
public sealed class AccessTokenOptions
{
    // A key verifies for this long after its last signature.
    internal static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    // Tokens count in whole seconds.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>The issuer. Tokens of another issuer are refused.</summary>
    public string Issuer { get; set; } = "saasflows";

    /// <summary>The audience. Tokens for another audience are refused.</summary>
    public string Audience { get; set; } = "saasflows-api";

    /// <summary>The lifetime of a token. At most a day.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The time after which an unused session ends. Each refresh begins it again. At least <see cref="Lifetime"/>.</summary>
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The time for which a key signs. The next key is in the key set a day before. At least two days.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A lifetime is out of its bounds, or a name is empty.</exception>
    public void Validate()
    {
        Setting.Require(!string.IsNullOrWhiteSpace(Issuer), "AccessTokens:Issuer", "must not be empty.");
        Setting.Require(!string.IsNullOrWhiteSpace(Audience), "AccessTokens:Audience", "must not be empty.");
        Setting.Require(Lifetime >= Shortest && Lifetime <= LongestLifetime, "AccessTokens:Lifetime", "must be from 00:00:01 to 1.00:00:00, a day.");
        Setting.Require(
            RefreshLifetime >= Lifetime && RefreshLifetime <= Longest,
            "AccessTokens:RefreshLifetime",
            "must be from AccessTokens:Lifetime to 366.00:00:00, a year."
        );
        Setting.Require(
            SigningKeyLifetime >= TimeSpan.FromDays(2) && SigningKeyLifetime <= Longest,
            "AccessTokens:SigningKeyLifetime",
            "must be from 2.00:00:00 to 366.00:00:00: two days to a year."
        );
    }
}
