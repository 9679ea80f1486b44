namespace SaaSFlows.Api.RateLimits;

/// <summary>How many requests a caller may send to one endpoint, in each process.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Off only where another program limits, and in tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests a minute with an access token or an API key.</summary>
    public int PerMinute { get; set; } = 600;

    /// <summary>Requests at once before <see cref="PerMinute"/> is felt: enough to import some hundred workflows in a row.</summary>
    public int Burst { get; set; } = 200;

    /// <summary>Requests a minute from an address without signing in.</summary>
    public int AnonymousPerMinute { get; set; } = 60;

    /// <summary>Requests at once from an address without signing in.</summary>
    public int AnonymousBurst { get; set; } = 10;

    /// <summary>Requests a minute of somebody at work in the studio (session cookie).</summary>
    public int SessionPerMinute { get; set; } = 1_200;

    /// <summary>Requests at once of somebody at work in the studio.</summary>
    public int SessionBurst { get; set; } = 300;

    /// <summary>
    /// Endpoints with a limit of their own, for every kind of caller; named as in the API's description: <c>POST /api/v1/auth/login</c>.
    /// </summary>
    public Dictionary<string, EndpointLimit> Endpoints { get; } = [];

    /// <summary>Throws if the limits let nothing through.</summary>
    /// <exception cref="ArgumentException">A rate or a burst is below 1 or above a million.</exception>
    public void Validate()
    {
        foreach (
            var (name, value) in new[]
            {
                (nameof(PerMinute), PerMinute),
                (nameof(Burst), Burst),
                (nameof(AnonymousPerMinute), AnonymousPerMinute),
                (nameof(AnonymousBurst), AnonymousBurst),
                (nameof(SessionPerMinute), SessionPerMinute),
                (nameof(SessionBurst), SessionBurst),
            }.Concat(
                Endpoints.SelectMany(each =>
                    new[] { ($"Endpoints:{each.Key}:PerMinute", each.Value.PerMinute), ($"Endpoints:{each.Key}:Burst", each.Value.Burst) }
                )
            )
        )
        {
            if (value is < 1 or > 1_000_000)
            {
                throw new ArgumentException($"RateLimits:{name} must be between 1 and 1,000,000, not {value}.");
            }
        }
    }
}

/// <summary>The limit of one endpoint.</summary>
public sealed class EndpointLimit
{
    /// <summary>Requests a minute.</summary>
    public int PerMinute { get; set; } = 60;

    /// <summary>Requests at once.</summary>
    public int Burst { get; set; } = 10;
}
