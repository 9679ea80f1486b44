using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Registry;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Registry;

/// <summary>Seed 001, «Service Discovery &amp; Registry».</summary>
internal static class RegistryRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var registry = routes.MapGroup("/api/v1/registry");
        registry.MapPost("/register", RegisterAsync).Needs(Permission.UpdateWorkflows);
        registry.MapGet("/services", ListAsync).Needs(Permission.ReadWorkflows);
        registry.MapDelete("/deregister/{service_id}", DeregisterAsync).Needs(Permission.UpdateWorkflows);
        registry.MapGet("/health", HealthAsync).Needs(Permission.ReadWorkflows);
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, ServiceRegistry registry, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<RegisterBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        var metadata = ObjectField.Read(body.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.wrong_type", errors);
        }

        var community = body.CommunityId is { } id ? new CommunityId(id) : (CommunityId?)null;
        return (
            await registry.RegisterAsync(
                http.Caller(),
                new NewService(body.ServiceName, body.ServiceUrl, body.HealthCheckUrl, metadata, community),
                ct
            )
        ).Match(service => Answers.Created(ServiceBody.From(service), "Service registered"), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ServiceRegistry registry, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var name = query.Text("service_name", 200);
        var status = query.OneOf("status", "unknown", "healthy", "unhealthy");
        var community = query.Community();
        var page = query.Page();
        return query.Refusal ?? Answers.List(await registry.ListAsync(http.Caller(), name, status, community, page, ct), ServiceBody.From);
    }

    private static async Task<IResult> DeregisterAsync(HttpContext http, string service_id, ServiceRegistry registry, CancellationToken ct) =>
        Guid.TryParse(service_id, out var id)
            ? (await registry.DeregisterAsync(http.Caller(), new ServiceId(id), ct)).Match(
                service => Answers.Ok(ServiceBody.From(service), "Service deregistered"),
                ErrorMap.ToAnswer
            )
            : Answers.Error(ErrorCode.NotFound, "service.not_found", "No such service.");

    private static async Task<IResult> HealthAsync(HttpContext http, ServiceRegistry registry, CancellationToken ct) =>
        Answers.Ok(HealthBody.From(await registry.HealthAsync(http.Caller(), ct)));

    /// <param name="HealthCheckUrl">Without it: <c>/health</c> under the service's address.</param>
    /// <param name="Metadata">Its <c>version</c> is what a node may ask for.</param>
    private sealed record RegisterBody(string? ServiceName, string? ServiceUrl, string? HealthCheckUrl, JsonElement? Metadata, long? CommunityId);

    private sealed record ServiceBody(
        Guid ServiceId,
        string ServiceName,
        string ServiceUrl,
        string HealthCheckUrl,
        JsonElement Metadata,
        long? CommunityId,
        string Status,
        double? LatencyMs,
        string? LastError,
        DateTimeOffset? LastCheckedAt,
        DateTimeOffset RegisteredAt
    )
    {
        public static ServiceBody From(RegisteredService service) =>
            new(
                service.Id.Value,
                service.Name,
                service.Url,
                service.HealthCheckUrl,
                service.Metadata,
                service.Community?.Value,
                service.Status,
                service.LatencyMs,
                service.LastError,
                service.CheckedAt,
                service.RegisteredAt
            );
    }

    /// <param name="Status">
    /// <c>healthy</c> or <c>unhealthy</c> if all of the services are, <c>degraded</c> if some are unhealthy, <c>unknown</c> if none is and some are
    /// yet to be checked.
    /// </param>
    private sealed record HealthBody(string Status, int Total, int Healthy, int Unhealthy, int Unknown, IReadOnlyList<ServiceHealthBody> Services)
    {
        public static HealthBody From(RegistryHealth health) =>
            new(
                StatusOf(health),
                health.Services.Count,
                health.Healthy,
                health.Unhealthy,
                health.Unknown,
                [.. health.Services.Select(ServiceHealthBody.From)]
            );

        private static string StatusOf(RegistryHealth health) =>
            (health.Healthy, health.Unhealthy, health.Unknown) switch
            {
                (_, 0, 0) => "healthy",
                (0, _, 0) => "unhealthy",
                (_, 0, _) => "unknown",
                _ => "degraded",
            };
    }

    private sealed record ServiceHealthBody(
        Guid ServiceId,
        string ServiceName,
        string Status,
        double? LatencyMs,
        string? LastError,
        DateTimeOffset? LastCheckedAt
    )
    {
        public static ServiceHealthBody From(RegisteredService service) =>
            new(service.Id.Value, service.Name, service.Status, service.LatencyMs, service.LastError, service.CheckedAt);
    }
}
