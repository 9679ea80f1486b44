using System.Text.Json;
using Microsoft.Extensions.Logging;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions.Incidents;

/// <summary>Starts the workflow that handles the failures of another one, once for each failed execution.</summary>
internal sealed partial class StartOnFailure(TenantDatabase database, VersionGraphs graphs, StartExecution start, ILogger<StartOnFailure> logger)
    : IEndingHandler
{
    public const string Trigger = "on_failure";

    public EndingFlags Flag => EndingFlags.StartOnFailure;

    public async Task HandleAsync(Ending ending, CancellationToken ct)
    {
        var scope = new TenantScope(ending.Tenant, CommunityScope.All);
        if (
            await FindAsync(scope, ending, ct) is not { } failed
            || (await graphs.FindAsync(ending.Tenant, failed.Version, ct))?.Definition.Settings.OnFailure is not { } name
        )
        {
            return;
        }

        var target = await database.RunAsync(
            scope,
            (db, cancel) => FailureWorkflows.FindAsync(db, name, ending.Community, ending.Workflow, cancel),
            ct
        );
        if (target is not { } workflow)
        {
            Log.NoWorkflow(logger, ending.Execution);
            return;
        }

        var payload = JsonSerializer.SerializeToElement(
            new
            {
                execution = new
                {
                    id = ending.Execution.Value,
                    trigger = failed.Trigger,
                    started_at = failed.StartedAt,
                    ended_at = ending.EndedAt,
                },
                workflow = new
                {
                    id = ending.Workflow.Value,
                    key = failed.Key,
                    name = failed.Name,
                },
                error = new { code = failed.ErrorCode, message = failed.ErrorMessage },
                node = failed.ErrorNode,
            }
        );
        // The execution's id is the key of the event, so a second call finds the first start.
        var key = new EventKey(ending.Execution.Value, Trigger, new byte[] { 0 }, StartExecution.KeepEventKeys);
        var started = await start.RunAsync(
            new StartRequest(ending.Tenant, workflow, Trigger, null, payload, default, default, null, null, key) { OfFailure = true },
            ct
        );
        if (started.IsOk(out _, out var refused))
        {
            return;
        }

        if (refused is AutomationError.Busy)
        {
            throw new InvalidOperationException(refused.Message);
        }

        Log.Refused(logger, ending.Execution, refused.Code);
    }

    /// <summary>Failures older than this are only logged.</summary>
    public Task<bool> TryGiveUpAsync(Ending ending, CancellationToken ct) => Task.FromResult(true);

    private Task<Failed?> FindAsync(TenantScope scope, Ending ending, CancellationToken ct) =>
        database.QueryAsync(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    """
                    select e.version_id, e.trigger, e.created_at, e.error_code, e.error_message, e.error_node, w.key, w.name
                    from engine.executions e join automation.workflows w on w.id = e.workflow_id where e.id = $1
                    """,
                    ending.Execution.Value
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                return await reader.ReadAsync(cancel)
                    ? new Failed(
                        new(reader.GetGuid(0)),
                        reader.GetString(1),
                        reader.GetFieldValue<DateTimeOffset>(2),
                        reader.IsDBNull(3) ? null : reader.GetString(3),
                        reader.IsDBNull(4) ? null : reader.GetString(4),
                        reader.IsDBNull(5) ? null : reader.GetString(5),
                        reader.GetString(6),
                        reader.GetString(7)
                    )
                    : null;
            },
            ct
        );

    private sealed record Failed(
        WorkflowVersionId Version,
        string Trigger,
        DateTimeOffset StartedAt,
        string? ErrorCode,
        string? ErrorMessage,
        string? ErrorNode,
        string Key,
        string Name
    );

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 5011,
            Level = LogLevel.Warning,
            Message = "The workflow that looks after failures is gone: the failure of execution {ExecutionId} starts nothing"
        )]
        public static partial void NoWorkflow(ILogger logger, ExecutionId executionId);

        [LoggerMessage(EventId = 5012, Level = LogLevel.Warning, Message = "The failure of execution {ExecutionId} starts nothing: {Reason}")]
        public static partial void Refused(ILogger logger, ExecutionId executionId, string reason);
    }
}
