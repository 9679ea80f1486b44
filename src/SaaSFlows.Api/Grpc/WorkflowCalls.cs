using System.Text;
using System.Text.Json;
using Grpc.Core;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Api.Grpc;

/// <summary>What document 002 calls "gRPC API", and watching: REST's use cases, answers and errors.</summary>
internal sealed class WorkflowCalls(StartExecution start, ShowExecution show, CancelExecution cancel, ExecutionWatch watch)
    : WorkflowService.WorkflowServiceBase
{
    /// <inheritdoc/>
    [Needs(Permission.ExecuteWorkflows)]
    public override async Task<ExecuteWorkflowResponse> ExecuteWorkflow(ExecuteWorkflowRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (RouteIds.Workflow(request.WorkflowId) is not { } id)
        {
            throw GrpcErrors.Of(http, RouteIds.NoWorkflow);
        }

        var errors = new Dictionary<string, string>();
        var variables = Json(request.Variables, "variables", errors);
        var metadata = Json(request.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            throw GrpcErrors.Of(http, Answers.FieldErrors("input.wrong_type", errors));
        }

        var trigger = request.TriggerNode.Length == 0 ? null : request.TriggerNode;
        var key = request.HasIdempotencyKey ? request.IdempotencyKey : ExecutionRoutes.IdempotencyKey(http);
        return (await start.ForCallerAsync(http.Caller(), id, trigger, variables, metadata, key, context.CancellationToken)).Match(
            Messages.Started,
            error => throw GrpcErrors.Of(http, error.ToAnswer())
        );
    }

    /// <inheritdoc/>
    [Needs(Permission.ReadExecutions)]
    public override async Task<GetExecutionStatusResponse> GetExecutionStatus(GetExecutionStatusRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (RouteIds.Execution(request.ExecutionId) is not { } id)
        {
            throw GrpcErrors.Of(http, RouteIds.NoExecution);
        }

        var withLogs = (!request.HasIncludeLogs || request.IncludeLogs) && http.Caller().May(Permission.ReadLogs);
        return (await show.RunAsync(http.Caller(), id, context.CancellationToken)).Match(
            details => Messages.Status(ExecutionDetailsBody.From(details, withLogs, request.IncludeMetrics)),
            error => throw GrpcErrors.Of(http, error.ToAnswer())
        );
    }

    /// <inheritdoc/>
    [Needs(Permission.CancelExecutions)]
    public override async Task<CancelExecutionResponse> CancelExecution(CancelExecutionRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return RouteIds.Execution(request.ExecutionId) is { } id
            ? (await cancel.RunAsync(http.Caller(), id, context.CancellationToken)).Match(
                Messages.Cancelled,
                error => throw GrpcErrors.Of(http, error.ToAnswer())
            )
            : throw GrpcErrors.Of(http, RouteIds.NoExecution);
    }

    /// <inheritdoc/>
    [Needs(Permission.ReadLogs)]
    public override async Task WatchExecution(
        WatchExecutionRequest request,
        IServerStreamWriter<WatchExecutionResponse> responseStream,
        ServerCallContext context
    )
    {
        if (await watch.RunAsync(context, request, responseStream) is { } refusal)
        {
            throw GrpcErrors.Of(context.GetHttpContext(), refusal);
        }
    }

    private static JsonElement Json(string text, string field, Dictionary<string, string> errors)
    {
        try
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var json = text.Length == 0 ? default : ObjectField.Read(JsonElement.Parse(utf8, RequestBody.RulesFor(utf8)), field, errors);
            if (UnicodeCheck.FirstProblem(utf8) is { } place)
            {
                errors[place == "body" ? field : $"{field}.{place}"] = UnicodeCheck.Problem;
            }

            return json;
        }
        catch (JsonException)
        {
            errors[field] = RepeatedField.Find(Encoding.UTF8.GetBytes(text)) is { } twice
                ? $"holds {twice} more than once."
                : "must be a JSON object.";
            return default;
        }
    }
}
