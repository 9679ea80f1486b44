using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Steps;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Exports a draft as a document that can be imported in any tenant.</summary>
public sealed class ExportWorkflow(FindWorkflows find, ActivityCatalogue catalogue)
{
    /// <param name="inSteps">Exports in the steps form. If that is not possible, the error is a conflict that names the nodes.</param>
    public async Task<Result<ExportedWorkflow>> RunAsync(Caller caller, WorkflowId id, bool inSteps, CancellationToken ct)
    {
        if (!(await find.GetAsync(caller, id, ct)).IsOk(out var workflow, out var refused))
        {
            return refused;
        }

        var withheld = new List<string>();
        var definition = SecretsOut.Of(WorkflowDefinition.Read(workflow.Definition, catalogue).Match(read => read, StoredDrafts.Broken), withheld);
        if (!inSteps)
        {
            return new ExportedWorkflow(workflow.Summary, JsonElement.Parse(definition.ToUtf8Json()), withheld);
        }

        var problems = new Dictionary<string, string>();
        var steps = new StepsWriter(definition, catalogue, problems).Write();
        return problems.Count == 0
            ? new ExportedWorkflow(workflow.Summary, steps, withheld)
            : new AutomationError.Conflict(
                "workflow.not_steps",
                $"The steps form can't say this workflow: {string.Join(" ", problems.Select(problem => $"Node '{problem.Key}' {problem.Value}"))} "
                    + "Export it with format=graph."
            )
            {
                Details = new Dictionary<string, object?> { ["nodes"] = problems },
            };
    }
}

/// <summary>An exported workflow.</summary>
/// <param name="Definition">The definition in the requested form.</param>
/// <param name="Withheld">Fields that looked like secrets. Their values are replaced by references to <c>env</c>.</param>
public sealed record ExportedWorkflow(WorkflowSummary Workflow, JsonElement Definition, IReadOnlyList<string> Withheld);
