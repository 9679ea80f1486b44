using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.RateLimits;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Overload;

/// <summary>
/// Holds back what a process can't work on now, fairly between tenants (<see cref="FairGate"/>): before a body is read and before anything is asked
/// of the database. A request has left as soon as its answer begins, so streams count only until they are open, and while its body is on the way
/// (<see cref="ArrivingBody"/>).
/// </summary>
internal sealed class RequestGate(OverloadOptions options, FairGate gate, IMeterFactory meters)
{
    private readonly ArrivingBytes _arriving = new(options);
    private readonly Counter<long> _refused = meters
        .Create("SaaSFlows.Api")
        .CreateCounter<long>("saasflows.requests.refused", null, "Requests refused because a tenant, or the process, had enough of them.");

    public async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (!options.Enabled || http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<AlwaysLetIn>() is not null)
        {
            await next(http);
            return;
        }

        var key = KeyOf(http, endpoint);
        if (await EnterAsync(key) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }

        using var ticket = new GateTicket(this, key);
        http.Features.Set(ticket);
        http.Response.OnStarting(LeaveOnStart, ticket);
        using var body = http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? new ArrivingBody(http.Request.Body, ticket, options.BodyTime)
            : null;
        http.Request.Body = body ?? http.Request.Body;

        try
        {
            await next(http);
        }
        catch (GateRefusedException refused)
        {
            await refused.Answer.ExecuteAsync(http);
        }
        finally
        {
            _arriving.Remove(key, ticket.Bytes);
        }
    }

    /// <summary>Null if there is room for more of a body; else the answer that says why not.</summary>
    public IResult? Arrived(GateKey key, long count) => Refused(_arriving.Add(key, count));

    /// <summary>Null if it entered; else the answer that says why not.</summary>
    public async ValueTask<IResult?> EnterAsync(GateKey key)
    {
        return Refused(await gate.EnterAsync(key));
    }

    private IResult? Refused(GateAnswer answer)
    {
        if (answer == GateAnswer.Entered)
        {
            return null;
        }

        _refused.Add(1, new KeyValuePair<string, object?>("kind", answer == GateAnswer.ShareIsFull ? "tenant" : "process"));
        return Refusal(answer);
    }

    public void Leave(GateKey key) => gate.Leave(key);

    private static readonly Func<object, Task> LeaveOnStart = ticket =>
    {
        ((GateTicket)ticket).Dispose();
        return Task.CompletedTask;
    };

    private static GateKey KeyOf(HttpContext http, RouteEndpoint endpoint) =>
        (http.Features.Get<Caller>()?.TenantId ?? endpoint.Metadata.GetMetadata<TenantOfRequest>()?.Find(http)) is { } tenant
            ? new(tenant.Value, 0)
            : new(Guid.Empty, AddressSlots.Of(http.Connection.RemoteIpAddress));

    private static IResult Refusal(GateAnswer answer) =>
        answer == GateAnswer.ShareIsFull
            ? Answers.RetryLater(
                "requests.too_many_at_once",
                "More requests of yours are under way at the same time than this server works on.",
                TimeSpan.FromSeconds(1)
            )
            : Answers.RetryLater(
                ErrorCode.Unavailable,
                "process.overloaded",
                "This server has more to do than it can. Try again in a moment.",
                TimeSpan.FromSeconds(1)
            );
}

/// <summary>A request's place among those that are worked on. Giving it back twice is giving it back once.</summary>
internal sealed class GateTicket(RequestGate gate, GateKey key) : IDisposable
{
    private int _left;

    /// <summary>Of its body, that came while it was on the way.</summary>
    public long Bytes { get; private set; }

    public bool HasLeft => Volatile.Read(ref _left) == 1;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            gate.Leave(key);
        }
    }

    /// <summary>Null if there is room for more of its body; else the answer that says why not.</summary>
    public IResult? Arrived(long count)
    {
        var refusal = gate.Arrived(key, count);
        Bytes += refusal is null ? count : 0;
        return refusal;
    }

    /// <exception cref="GateRefusedException">There is no place any more.</exception>
    public async ValueTask EnterAgainAsync()
    {
        if (await gate.EnterAsync(key) is { } refusal)
        {
            throw new GateRefusedException(refusal);
        }

        Volatile.Write(ref _left, 0);
    }
}

/// <summary>On routes that must answer also, and just then, when there is too much to do.</summary>
internal sealed class AlwaysLetIn
{
    public static readonly AlwaysLetIn Instance = new();
}

/// <summary>On routes without a caller whose requests are some tenant's all the same.</summary>
/// <param name="Find">Must not read the body or ask the database; null where the tenant is not known without.</param>
internal sealed record TenantOfRequest(Func<HttpContext, TenantId?> Find);

internal static class GateExtensions
{
    /// <summary>Gives the request's place to others: from now on it only waits.</summary>
    public static void LeaveGate(this HttpContext http) => http.Features.Get<GateTicket>()?.Dispose();
}
