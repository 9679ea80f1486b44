using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Workflows;

namespace SaaSFlows.Api.Workflows;

/// <summary>Workflows as documents, from one tenant to another.</summary>
internal static class TransferRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/workflows/import", ImportAsync).Needs(Permission.CreateWorkflows);
        routes.MapGet("/api/v1/workflows/{workflow_id}/export", ExportAsync).Needs(Permission.ReadWorkflows);
    }

    private static async Task<IResult> ImportAsync(HttpContext http, CreateWorkflow create, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ImportWorkflowBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return body.Steps is null && body.Nodes is null && body.Definition is null
            ? Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["definition"] = "is required: an object with steps or nodes." })
            : await WorkflowRoutes.StoreAsync(
                http,
                create,
                body with
                {
                    Name = body.Name ?? "Imported workflow",
                },
                workflow => Answers.Created(WorkflowBody.From(workflow.Summary), "Workflow imported successfully"),
                ct
            );
    }

    private static async Task<IResult> ExportAsync(HttpContext http, string workflow_id, ExportWorkflow export, CancellationToken ct)
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var query = new QueryReader(http.Request.Query);
        var format = query.OneOf("format", "graph", "steps") ?? "graph";
        return query.Refusal
            ?? (await export.RunAsync(http.Caller(), id, format == "steps", ct)).Match(
                exported => Answers.Ok(ExportedWorkflowBody.From(exported, format)),
                ErrorMap.ToAnswer
            );
    }

    /// <summary>A document for the import route of any tenant.</summary>
    private sealed record ExportedWorkflowBody(string Format, string Name, string Description, JsonElement Definition, IReadOnlyList<string> Withheld)
    {
        public static ExportedWorkflowBody From(ExportedWorkflow exported, string format) =>
            new(format, exported.Workflow.Name, exported.Workflow.Description, exported.Definition, exported.Withheld);
    }
}
