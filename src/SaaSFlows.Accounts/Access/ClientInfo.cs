namespace SaaSFlows.Accounts.Access;

/// <summary>Where a request came from, as far as that can be known.</summary>
public sealed record ClientInfo
{
    /// <summary>Nothing is known.</summary>
    public static readonly ClientInfo Unknown = new(null, null);

    private const int LongestUserAgent = 300;

    /// <param name="userAgent">As the client names itself; cut at 300 characters, without control characters.</param>
    /// <param name="address">The address of the other side of the connection.</param>
    public ClientInfo(string? userAgent, string? address)
    {
        UserAgent = userAgent is null ? null : string.Concat(userAgent.Take(LongestUserAgent).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        Address = address;
    }

    public string? UserAgent { get; }

    public string? Address { get; }

    /// <summary>What the request is called in logs and traces; null if nobody said.</summary>
    public string? CorrelationId { get; init; }
}
