using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>Names the request in all its log lines, and writes one line at its end where the category is switched on.</summary>
internal sealed partial class RequestLog(RequestDelegate next, RehearsalMark rehearsal, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger logger = loggers.CreateLogger("SaaSFlows.Requests");

    public async Task InvokeAsync(HttpContext http)
    {
        var scope = new RequestScope(http.CorrelationId());
        http.Features.Set(scope);
        using var named = logger.BeginScope(scope);
        var (start, isRehearsal) = (time.GetTimestamp(), rehearsal.IsOn(http));
        try
        {
            await next(http);
        }
        finally
        {
            var took = time.GetElapsedTime(start).TotalMilliseconds;
            if (!isRehearsal && logger.IsEnabled(LogLevel.Information))
            {
                var tenant = scope.Tenant is { } id ? id.ToString() : "(none)";
                Log.Answered(logger, http.Request.Method, scope.Route ?? "(no route)", http.Response.StatusCode, took, tenant, scope.CorrelationId);
            }
        }
    }

    /// <summary>For the place after routing.</summary>
    public static Task NameRouteAsync(HttpContext http, RequestDelegate next)
    {
        RequestScope.Of(http).Route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 1 } template
            ? template.TrimEnd('/')
            : null;
        return next(http);
    }

    /// <summary>For the place where it is known who calls.</summary>
    public static Task NameTenantAsync(HttpContext http, RequestDelegate next)
    {
        RequestScope.Of(http).Tenant = (http.Features.Get<Caller>()?.TenantId ?? NamedTenant.Of(http)?.TenantId)?.Value;
        return next(http);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 6020,
            Level = LogLevel.Information,
            Message = "{Method} {Route} answered {Status} in {Milliseconds:0.0} ms, tenant {Tenant}, correlation id {CorrelationId}"
        )]
        public static partial void Answered(
            ILogger logger,
            string method,
            string route,
            int status,
            double milliseconds,
            string tenant,
            string correlationId
        );
    }
}
