using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.RateLimits;

/// <summary>
/// Holds every caller to a rate at every endpoint: a bucket of tokens for each pair, kept while it is not full. Routes opt out with
/// <c>DisableRateLimiting</c>. Who can't be named shares a bucket with few others, so their number is bounded.
/// </summary>
internal sealed class RequestLimits : IDisposable
{
    private const int AddressSlots = 8_192;

    private readonly RateLimitOptions _options;
    private readonly TimeProvider _time;
    private readonly EndpointLimit _sessions;
    private readonly EndpointLimit _programs;
    private readonly PartitionedRateLimiter<Key> _buckets;

    public RequestLimits(RateLimitOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _sessions = new() { PerMinute = options.SessionPerMinute, Burst = options.SessionBurst };
        _programs = new() { PerMinute = options.PerMinute, Burst = options.Burst };
        Func<Key, RateLimiter> create = Create;
        _buckets = PartitionedRateLimiter.Create<Key, Key>(key => RateLimitPartition.Get(key, create));
    }

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (!_options.Enabled || http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            return next(http);
        }

        var key = KeyOf(http, endpoint);
        using var lease = _buckets.AttemptAcquire(key);
        var left = _buckets.GetStatistics(key)?.CurrentAvailablePermits ?? 0;
        var limit = LimitOf(key);
        var headers = http.Response.Headers;
        headers["X-RateLimit-Limit"] = limit.PerMinute.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = (_time.GetUtcNow().ToUnixTimeSeconds() + (long)Math.Ceiling((limit.Burst - left) * 60d / limit.PerMinute)).ToString(CultureInfo.InvariantCulture);
        return lease.IsAcquired
            ? next(http)
            : Answers.RetryLater("rate.limited", $"At most {limit.PerMinute} requests a minute may be sent to this endpoint.", TimeSpan.FromSeconds(Math.Max(60d / limit.PerMinute, 1))).ExecuteAsync(http);
    }

    public void Dispose() => _buckets.Dispose();

    private static Key KeyOf(HttpContext http, RouteEndpoint endpoint)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return new(CallerKind.Address, Guid.Empty, null, SlotOf(http.Connection.RemoteIpAddress), endpoint);
        }

        return caller.Credential is { Kind: "api_key" } apiKey
            ? new(CallerKind.Program, Guid.Empty, apiKey.Id, 0, endpoint)
            : new(http.Request.Headers.Authorization.Count == 0 ? CallerKind.Session : CallerKind.Program, caller.UserId.Value, null, 0, endpoint);
    }

    // Whoever has an IPv6 address has 2^64 of them.
    private static int SlotOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = 0;
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        _ = address?.TryWriteBytes(bytes, out length);
        var hash = default(HashCode);
        hash.AddBytes(bytes[..(address?.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : length)]);
        return (int)((uint)hash.ToHashCode() % AddressSlots);
    }

    private RateLimiter Create(Key key)
    {
        var limit = LimitOf(key);
        return new TokenBucketRateLimiter(new()
        {
            TokenLimit = limit.Burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1d / limit.PerMinute),
            AutoReplenishment = false,
            QueueLimit = 0,
        });
    }

    private EndpointLimit LimitOf(Key key)
    {
        if (_options.Endpoints.Count > 0)
        {
            var path = "/" + key.Endpoint.RoutePattern.RawText!.Trim('/');
            foreach (var method in key.Endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            {
                if (_options.Endpoints.TryGetValue($"{method} {path}", out var own))
                {
                    return own;
                }
            }
        }

        return key.Kind == CallerKind.Session ? _sessions : _programs;
    }

    private enum CallerKind
    {
        Address,
        Program,
        Session,
    }

    private readonly record struct Key(CallerKind Kind, Guid User, string? ApiKey, int Slot, RouteEndpoint Endpoint);
}
