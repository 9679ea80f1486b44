using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.DryRuns;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.DryRuns;

/// <summary>Seed 002, «Test Workflow».</summary>
internal static class DryRunRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/workflows/{workflow_id}/test", TestAsync).Needs(Permission.ExecuteWorkflows);

    private static async Task<IResult> TestAsync(
        HttpContext http,
        string workflow_id,
        DryRunWorkflow dryRun,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        if (!(await RequestBody.ReadAsync<TestWorkflowBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        var variables = ObjectField.Read(body.Variables, "variables", errors);
        ObjectField.Read(body.Metadata, "metadata", errors);
        var pins = new Dictionary<NodeId, PinnedOutput>();
        foreach (var (node, pin) in body.PinnedOutputs ?? [])
        {
            if (pin is null)
            {
                errors[$"pinned_outputs.{node}"] = "must be a JSON object.";
            }
            else
            {
                pins[new(node)] = new(pin.Port, pin.Output);
            }
        }

        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.wrong_type", errors);
        }

        if (await place.RefusalAsync(http.Caller(), id, body.CommunityId, ct) is { } elsewhere)
        {
            return elsewhere.ToAnswer();
        }

        var input = new DryRunInput(body.TriggerNode, body.Input, variables, pins);
        return (await dryRun.RunAsync(http.Caller(), id, input, ct)).Match(
            finished => Answers.Ok(TestedWorkflowBody.From(finished, http.Caller().May(Permission.ReadLogs)), "Workflow test completed"),
            ErrorMap.ToAnswer
        );
    }
}
