using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Metrics;

/// <summary>Seed 001's <c>/metrics</c>, for Prometheus.</summary>
internal static class MetricsRoutes
{
    private const string Bearer = "Bearer ";
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        // It counts from when it is made: not from the first time that it is asked.
        if (routes.ServiceProvider.GetRequiredService<MetricsOptions>().Enabled)
        {
            routes.ServiceProvider.GetRequiredService<MetricsCollector>();
        }

        routes.ServiceProvider.Watch();
        routes.MapGet("/metrics", Read).IsPublic().NeedsNoDatabase().DisableRateLimiting().WithMetadata(AlwaysLetIn.Instance);
    }

    private static IResult Read(HttpContext http, MetricsOptions options, IServiceProvider services, BeforeScrape scraped)
    {
        if (!options.Enabled)
        {
            return Answers.Error(ErrorCode.NotFound, "metrics.disabled", "Metrics are switched off here.");
        }

        if (!MayRead(http, options.Token))
        {
            return Answers.Error(
                ErrorCode.Forbidden,
                "metrics.closed",
                "Metrics are for this machine, or for who shows the token that is configured as Metrics:Token."
            );
        }

        // No query: metrics are read most eagerly while the database is away.
        scraped();
        return Results.Text(services.GetRequiredService<MetricsCollector>().Write(), PrometheusText.ContentType);
    }

    // A proxy on this machine makes everybody look local.
    private static bool MayRead(HttpContext http, string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return http.Connection.RemoteIpAddress is { } address
                && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
                && !ProxyHeaders.Any(http.Request.Headers.ContainsKey);
        }

        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[Bearer.Length..].Trim()), Encoding.UTF8.GetBytes(token));
    }
}
