using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.RateLimits;

/// <summary>
/// Holds every caller to a rate at every endpoint: a bucket of tokens for each pair, kept while it is not full. Routes opt out with
/// <c>DisableRateLimiting</c>. Who can't be named shares a bucket with few others, so their number is bounded.
/// </summary>
internal sealed class RequestLimits : IDisposable
{
    private readonly RateLimitOptions _options;
    private readonly TimeProvider _time;
    private readonly EndpointLimit _sessions;
    private readonly EndpointLimit _programs;
    private readonly EndpointLimit _strangers;
    private readonly PartitionedRateLimiter<Key> _buckets;

    public RequestLimits(RateLimitOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _sessions = new() { PerMinute = options.SessionPerMinute, Burst = options.SessionBurst };
        _programs = new() { PerMinute = options.PerMinute, Burst = options.Burst };
        _strangers = new() { PerMinute = options.AnonymousPerMinute, Burst = options.AnonymousBurst };
        Func<Key, RateLimiter> create = Create;
        _buckets = PartitionedRateLimiter.Create<Key, Key>(key => RateLimitPartition.Get(key, create));
    }

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (
            !_options.Enabled
            || http.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null
        )
        {
            return next(http);
        }

        var key = KeyOf(http, endpoint);
        bool isAcquired;
        using (var lease = _buckets.AttemptAcquire(key))
        {
            isAcquired = lease.IsAcquired;
        }

        var left = _buckets.GetStatistics(key)?.CurrentAvailablePermits ?? 0;
        var limit = LimitOf(key);
        var headers = http.Response.Headers;
        headers["X-RateLimit-Limit"] = limit.Burst.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = (
            _time.GetUtcNow().ToUnixTimeSeconds() + (long)Math.Ceiling((limit.Burst - left) * 60d / limit.PerMinute)
        ).ToString(CultureInfo.InvariantCulture);
        return isAcquired ? next(http) : Refusal(limit).ExecuteAsync(http);
    }

    private static IResult Refusal(EndpointLimit limit) =>
        Answers.RetryLater(
            "rate.limited",
            $"{limit.Burst} requests at once, and {limit.PerMinute} a minute, may be sent to this endpoint.",
            TimeSpan.FromSeconds(Math.Max(60d / limit.PerMinute, 1))
        );

    public void Dispose() => _buckets.Dispose();

    private static Key KeyOf(HttpContext http, RouteEndpoint endpoint)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return new(CallerKind.Address, Guid.Empty, null, AddressSlots.Of(http.Connection.RemoteIpAddress), endpoint);
        }

        return caller.Credential is { Kind: "api_key" } apiKey
            ? new(CallerKind.Program, Guid.Empty, apiKey.Id, 0, endpoint)
            : new(http.Request.Headers.Authorization.Count == 0 ? CallerKind.Session : CallerKind.Program, caller.UserId.Value, null, 0, endpoint);
    }

    private RateLimiter Create(Key key)
    {
        var limit = LimitOf(key);
        return new TokenBucketRateLimiter(
            new()
            {
                TokenLimit = limit.Burst,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromMinutes(1d / limit.PerMinute),
                AutoReplenishment = false,
                QueueLimit = 0,
            }
        );
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

        return key.Kind switch
        {
            CallerKind.Session => _sessions,
            CallerKind.Program => _programs,
            CallerKind.Address => _strangers,
        };
    }

    private enum CallerKind
    {
        Address,
        Program,
        Session,
    }

    private readonly record struct Key(CallerKind Kind, Guid User, string? ApiKey, int Slot, RouteEndpoint Endpoint);
}
