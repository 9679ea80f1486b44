using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Variables;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.DryRuns;

/// <summary>Runs a workflow's draft without effects. Nothing is stored or counted.</summary>
public sealed class DryRunWorkflow(
    TenantDatabase database,
    ActivityCatalogue catalogue,
    GraphValidator validator,
    DryRun dryRun,
    LastOutputs outputs,
    EnvironmentCapture environment,
    EngineLimits limits,
    TimeProvider time
) : IDisposable
{
    // A dry run uses the processor of the answering process, and one tenant must not take all of it.
    private const int AtOnce = 2;
    private const int InLine = 8;

    private readonly PartitionedRateLimiter<TenantId> tenants = PartitionedRateLimiter.Create<TenantId, TenantId>(tenant =>
        RateLimitPartition.GetConcurrencyLimiter(
            tenant,
            _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = AtOnce,
                QueueLimit = InLine,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        )
    );

    public void Dispose() => tenants.Dispose();

    /// <summary>Runs the draft to its end. A failed run is a report too; an error means that the run could not begin.</summary>
    public async Task<Result<FinishedDryRun>> RunAsync(Caller caller, WorkflowId id, DryRunInput input, CancellationToken ct)
    {
        var found = await database.RunAsync<Result<WorkflowRow>>(
            caller.Scope(),
            async (db, cancel) =>
                await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(workflow => workflow.Id == id, cancel) is not { } row
                    ? new AutomationError.NotFound("workflow")
                : await db.RefuseAsync(caller, row, Permission.ExecuteWorkflows, WorkflowRights.Execute, cancel) is { } denied ? denied
                : row,
            ct
        );
        if (!found.IsOk(out var workflow, out var refused) || !Prepare(workflow, input).IsOk(out var request, out refused))
        {
            return refused;
        }

        using var turn = await tenants.AcquireAsync(caller.TenantId, 1, ct);
        return turn.IsAcquired
            ? new FinishedDryRun(request.Execution.Id, id, await dryRun.RunAsync(await WithKnownAsync(caller, request, ct), ct))
            : new AutomationError.Busy("dry_run.busy", "Too many dry runs of this tenant are waiting. Try again in a moment.");
    }

    // Read in the caller's turn, because it is part of the cost of a dry run.
    private async Task<DryRunRequest> WithKnownAsync(Caller caller, DryRunRequest request, CancellationToken ct)
    {
        var (execution, definition) = (request.Execution, request.Definition);
        var wanted = definition
            .Nodes.Where(node =>
                !request.Pins.ContainsKey(node.Id)
                && catalogue.TryFind(node.Type, out var activity)
                && activity is IPreviewableActivity { UsesLastOutput: true }
            )
            .Select(node => node.Id)
            .ToHashSet();
        return request with
        {
            Known = await outputs.FindAsync(caller, execution.Workflow, execution.Community, wanted, ct),
            Place = await environment.PlaceAsync(
                execution.Tenant,
                execution.Community,
                execution.Workflow,
                GraphCompiler.Compile(definition, catalogue).Environment.Places,
                ct
            ),
        };
    }

    private Result<DryRunRequest> Prepare(WorkflowRow row, DryRunInput input)
    {
        var definition = WorkflowDefinition.Read(row.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
        var report = validator.Validate(definition);
        if (!report.IsValid)
        {
            return new AutomationError.InvalidWorkflow(report);
        }

        var triggers = GraphCompiler.Compile(definition, catalogue).Triggers;
        if (TriggerNodes.ForStart(triggers, input.TriggerNode) is not { } trigger)
        {
            return new AutomationError.BadInput("trigger_node", TriggerNodes.Explain(triggers, input.TriggerNode));
        }

        var arrives =
            input.Input.ValueKind != JsonValueKind.Undefined ? input.Input
            : input.Variables.ValueKind == JsonValueKind.Object ? input.Variables
            : JsonElement.Parse("{}");
        if (TriggerInputs.Refusal(arrives, triggers, trigger, limits) is { } unfit)
        {
            return unfit;
        }

        if (ProblemsOf(input.Pins, definition) is { Count: > 0 } problems)
        {
            return new AutomationError.BadInput(problems);
        }

        var execution = new ExecutionRef(new ExecutionId(Guid.CreateVersion7(time.GetUtcNow())), row.TenantId, row.CommunityId, row.EntityId, row.Id);
        return new DryRunRequest(execution, definition, trigger, arrives, input.Variables, input.Pins);
    }

    private Dictionary<string, string> ProblemsOf(IReadOnlyDictionary<NodeId, PinnedOutput> pins, WorkflowDefinition definition)
    {
        var nodes = definition.Nodes.ToDictionary(node => node.Id);
        var problems = new Dictionary<string, string>();
        foreach (var (id, pin) in pins)
        {
            if (!nodes.TryGetValue(id, out var node) || !catalogue.TryFind(node.Type, out var activity))
            {
                problems[$"pinned_outputs.{id.Value}"] = "is not a node of this workflow.";
            }
            else if (pin.ProblemAt(activity.Descriptor, node.Config) is { } problem)
            {
                problems[$"pinned_outputs.{id.Value}.port"] = problem;
            }
        }

        return problems;
    }
}

/// <summary>The input of a dry run.</summary>
/// <param name="TriggerNode">Null: the manual trigger, else the only one.</param>
/// <param name="Input">The input of the trigger; undefined for the variables.</param>
/// <param name="Variables">A JSON object over the workflow's global variables; undefined for none.</param>
/// <param name="Pins">The outputs of nodes that are not run.</param>
public sealed record DryRunInput(string? TriggerNode, JsonElement Input, JsonElement Variables, IReadOnlyDictionary<NodeId, PinnedOutput> Pins);

/// <summary>The result of a dry run.</summary>
/// <param name="Execution">Names this run; nothing is stored under it.</param>
public sealed record FinishedDryRun(ExecutionId Execution, WorkflowId Workflow, DryRunReport Report);
