using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// Answers 503 within two seconds while the database is away: new requests at once, those in flight as soon as it is noticed. A stream that has begun
/// goes on: it may outlive the outage.
/// </summary>
internal sealed class DatabaseGate(RequestDelegate next, DatabaseAvailability database)
{
    private const string Api = "/api";

    // A request that does not wait for the database is done with its answer by then.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    /// <summary>503 with <c>Retry-After</c>.</summary>
    public static IResult Away { get; } =
        Answers.RetryLater(
            ErrorCode.Unavailable,
            "database.unavailable",
            "The database does not answer at the moment. Try again shortly; give a start the same Idempotency-Key.",
            TimeSpan.FromSeconds(2)
        );

    public async Task InvokeAsync(HttpContext http)
    {
        var answering = database.WhileAnswering();
        var work = next(http);
        if (work.IsCompleted || answering.IsCancellationRequested || StatusPaths.Contain(http.Request.Path))
        {
            await work;
            return;
        }

        try
        {
            await work.WaitAsync(answering);
        }
        catch (OperationCanceledException) when (answering.IsCancellationRequested && !work.IsCanceled)
        {
            await GiveUpAsync(http, work);
        }
    }

    /// <summary>After routing: refuses at once what would have to wait for the database.</summary>
    public static Task RefuseAsync(HttpContext http, RequestDelegate next, DatabaseAvailability database) =>
        database.WhileAnswering().IsCancellationRequested
        && http.GetEndpoint() is RouteEndpoint route
        && route.Metadata.GetMetadata<NeedsNoDatabase>() is null
            ? Away.ExecuteAsync(http)
            : next(http);

    /// <summary>
    /// Whether credentials are looked at. Not for what answers without a database, and not for what is no route, such as the studio's files: these
    /// are open to everybody, and ask the database nothing, also before anybody knows that it is away. At a tenant's own address another tenant's
    /// credentials are refused there too.
    /// </summary>
    public static bool AsksWhoCalls(HttpContext http, DatabaseAvailability database) =>
        http.GetEndpoint() is RouteEndpoint route && route.Metadata.GetMetadata<NeedsNoDatabase>() is null
        || NamedTenant.Of(http) is not null
            && http.Request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
            && !database.WhileAnswering().IsCancellationRequested;

    // Work that waits for a frozen server can't be cancelled: cancelling is itself a question to the server. So it is answered for, and left until it
    // ends.
    private static async Task GiveUpAsync(HttpContext http, Task work)
    {
        if (http.Response.HasStarted || await Task.WhenAny(work, Task.Delay(Grace)) == work || http.Response.HasStarted)
        {
            await work;
            return;
        }

        try
        {
            await AnswerInsteadAsync(http);
        }
        finally
        {
            // It still uses the request.
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AnswerInsteadAsync(HttpContext http)
    {
        http.Response.Clear();
        CorrelationIds.Answer(http);

        if (HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            // The connection is busy until the work ends: the client shall not send its next request over it.
            http.Response.Headers.Connection = "close";
        }

        await Away.ExecuteAsync(http);
        await http.Response.CompleteAsync();
    }
}
