namespace SaaSFlows.Accounts.Access;

/// <summary>The origin of a request, as far as it is known.</summary>
public sealed record ClientInfo
{
    /// <summary>Nothing is known.</summary>
    public static readonly ClientInfo Unknown = new(null, null);

    private const int LongestUserAgent = 300;

    /// <param name="userAgent">The user agent, cut at 300 characters, without control characters.</param>
    /// <param name="address">The address of the other side of the connection.</param>
    public ClientInfo(string? userAgent, string? address)
    {
        UserAgent = userAgent is null ? null : string.Concat(userAgent.Take(LongestUserAgent).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        Address = address;
    }

    public string? UserAgent { get; }

    public string? Address { get; }

    /// <summary>The correlation id of the request; null if unknown.</summary>
    public string? CorrelationId { get; init; }
}
