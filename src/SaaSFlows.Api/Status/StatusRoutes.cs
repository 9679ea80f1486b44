using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Status;

/// <summary>Seed 002, «Health &amp; Status API».</summary>
internal static class StatusRoutes
{
    private const string Module = "workflow_core_module";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/health", () => Answers.Ok(new HealthBody(true, Module)))
            .IsPublic()
            .NeedsNoDatabase()
            .DisableRateLimiting()
            .WithMetadata(AlwaysLetIn.Instance);
        routes
            .MapGet("/api/v1/status", () => Answers.Ok(new StatusBody("operational", Module, Version, new FeaturesBody(true, false))))
            .IsPublic()
            .NeedsNoDatabase();
    }

    private static string Version { get; } = typeof(StatusRoutes).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private sealed record HealthBody(bool Healthy, string Module);

    private sealed record StatusBody(string Status, string Module, string Version, FeaturesBody Features);

    private sealed record FeaturesBody(bool WorkflowsEnabled, bool ReleaseMode);
}
