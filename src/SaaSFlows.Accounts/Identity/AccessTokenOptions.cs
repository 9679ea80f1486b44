namespace SaaSFlows.Accounts.Identity;

/// <summary>What access tokens say about themselves.</summary>
public sealed class AccessTokenOptions
{
    // A key verifies that long after it signed for the last time.
    internal static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    /// <summary>Who signs: tokens of another issuer are refused.</summary>
    public string Issuer { get; set; } = "saasflows";

    /// <summary>Whom tokens are for: tokens for another audience are refused.</summary>
    public string Audience { get; set; } = "saasflows-api";

    /// <summary>How long a token is good for; permissions taken away end with it. At most a day.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session may stay unused before it ends: each refresh begins this time anew. At least <see cref="Lifetime"/>.</summary>
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a key signs before the next one does, which is announced in the key set a day before. At least two days.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);
}
