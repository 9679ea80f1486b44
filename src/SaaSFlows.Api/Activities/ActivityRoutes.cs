using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Api.Activities;

/// <summary>The catalogue: what nodes can be, with everything a designer needs to draw palette and forms.</summary>
internal static class ActivityRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/v1/activities",
                (ActivityCatalogue catalogue) => Answers.Ok<IReadOnlyList<ActivityBody>>([.. catalogue.Descriptors.Select(ActivityBody.From)])
            )
            .NeedsSignIn();

    private sealed record RetryBody(int MaxAttempts, string Backoff, double InitialSeconds);

    /// <param name="OutputsFrom">A field of <c>config</c>, an object, whose values name further output ports.</param>
    /// <param name="ConfigSchema">JSON Schema of the node's <c>config</c>.</param>
    /// <param name="DefaultTimeoutSeconds">Null for activities without effects: they take no time.</param>
    private sealed record ActivityBody(
        string Type,
        int Version,
        string Category,
        string DisplayName,
        string Icon,
        string Description,
        IReadOnlyList<string> Inputs,
        IReadOnlyList<string> Outputs,
        string? OutputsFrom,
        JsonElement ConfigSchema,
        bool HasEffects,
        bool IsTrigger,
        bool CanSuspend,
        RetryBody DefaultRetry,
        double? DefaultTimeoutSeconds
    )
    {
        public static ActivityBody From(ActivityDescriptor activity) =>
            new(
                activity.Type,
                activity.Version,
                activity.Category,
                activity.DisplayName,
                activity.Icon,
                activity.Description,
                activity.Inputs,
                activity.Outputs,
                activity.OutputsFrom,
                activity.ConfigSchema,
                activity.HasEffects,
                activity.IsTrigger,
                activity.CanSuspend,
                new RetryBody(activity.DefaultRetry.MaxAttempts, activity.DefaultRetry.Backoff, activity.DefaultRetry.InitialSeconds),
                activity.DefaultTimeout?.TotalSeconds
            );
    }
}
