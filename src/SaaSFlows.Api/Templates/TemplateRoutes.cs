using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Templates;

namespace SaaSFlows.Api.Templates;

/// <summary>Workflows to begin with.</summary>
internal static class TemplateRoutes
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/workflows/templates", List).Needs(Permission.ReadWorkflows);

    private static IResult List(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        var all = WorkflowTemplates.All;
        return query.Refusal
            ?? Answers.List(new Page<WorkflowTemplate>([.. all.Skip(page.Skip).Take(page.Size)], page, all.Count), TemplateBody.From);
    }

    /// <param name="Workflow">A body for POST /api/v1/workflows, as it is.</param>
    private sealed record TemplateBody(string TemplateId, string Name, string Description, string Category, JsonElement Workflow)
    {
        public static TemplateBody From(WorkflowTemplate template) =>
            new(template.Id, template.Name, template.Description, template.Category, template.Workflow);
    }
}
