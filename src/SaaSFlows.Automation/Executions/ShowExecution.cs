using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions.Incidents;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Returns an execution with its whole state.</summary>
public sealed class ShowExecution(
    FindExecutions find,
    FindIncidents incidents,
    SaaSFlows.Postgres.Tenancy.TenantDatabase database,
    VersionGraphs graphs,
    ExecutionHistory history
)
{
    private const int MostLinks = 20;

    public async Task<Result<ExecutionDetails>> RunAsync(Caller caller, ExecutionId id, CancellationToken ct)
    {
        if (await find.SummaryAsync(caller, id, ct) is not { } summary || await VersionAsync(caller, id, ct) is not { } version)
        {
            return new AutomationError.NotFound("execution");
        }

        var graph = await GraphAsync(caller, version.Id, ct);
        var projection = new ExecutionProjection(graph);
        await foreach (var recorded in history.ReadAsync(caller.Scope(), id, 0, ct))
        {
            projection.Apply(recorded);
        }

        return new ExecutionDetails(
            summary,
            version.Number,
            JsonElement.Parse(graph.Definition.ToUtf8Json()),
            projection.View(),
            await find.RetriesAsync(caller.Scope(), id, MostLinks, ct),
            await incidents.NewestAsync(caller.Scope(), id, MostLinks, ct),
            await AllowedAsync(caller, summary.Workflow, ct)
        );
    }

    /// <summary>Returns the graph that the execution runs, or null if the caller can see no such execution.</summary>
    internal async Task<CompiledGraph?> GraphAsync(Caller caller, ExecutionId id, CancellationToken ct) =>
        await VersionAsync(caller, id, ct) is { } version ? await GraphAsync(caller, version.Id, ct) : null;

    internal async Task<bool> SeesAsync(Caller caller, ExecutionId id, CancellationToken ct) => await VersionAsync(caller, id, ct) is not null;

    private Task<IReadOnlyList<string>> AllowedAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync(
            caller.Scope(),
            async (db, cancel) =>
                await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is { } row
                    ? await db.ExecutionActionsAsync(caller, row, cancel)
                    : [],
            ct
        );

    private async Task<CompiledGraph> GraphAsync(Caller caller, WorkflowVersionId version, CancellationToken ct) =>
        await graphs.FindAsync(caller.TenantId, version, ct)
        ?? throw new InvalidOperationException($"The version {version} of an execution is missing.");

    private Task<Version?> VersionAsync(Caller caller, ExecutionId id, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select v.id, v.version from engine.executions e join automation.workflow_versions v on v.id = e.version_id where e.id = $1",
                    id.Value
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                return await reader.ReadAsync(cancel) ? new Version(new WorkflowVersionId(reader.GetGuid(0)), reader.GetInt32(1)) : null;
            },
            ct
        );

    private sealed record Version(WorkflowVersionId Id, int Number);
}

/// <summary>An execution with its whole state from the journal.</summary>
/// <param name="Version">Number of the version that runs.</param>
/// <param name="Definition">The graph of that version: nodes, connections, global_variables.</param>
/// <param name="Retries">The newest retries of it.</param>
/// <param name="Incidents">The newest ones.</param>
/// <param name="AllowedActions">The actions that the caller may take.</param>
public sealed record ExecutionDetails(
    ExecutionSummary Summary,
    int Version,
    JsonElement Definition,
    ExecutionView View,
    IReadOnlyList<ExecutionId> Retries,
    IReadOnlyList<Incident> Incidents,
    IReadOnlyList<string> AllowedActions
);
