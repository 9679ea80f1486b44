using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Grpc;

/// <summary>Seed 002, «gRPC API», and watching. The use cases and the answers of REST in gRPC's form.</summary>
internal static class WorkflowServiceRoutes
{
    public const string Service = "saasflows.v1.WorkflowService";

    /// <summary>As seed 002 shows it: its proto file names no package.</summary>
    public const string BareService = "WorkflowService";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var name in new[] { Service, BareService })
        {
            var service = routes.MapGroup($"/{name}").WithMetadata(GrpcMethod.Instance);
            service.MapPost("/ExecuteWorkflow", ExecuteAsync).Needs(Permission.ExecuteWorkflows);
            service.MapPost("/GetExecutionStatus", StatusAsync).Needs(Permission.ReadExecutions);
            service.MapPost("/CancelExecution", CancelAsync).Needs(Permission.CancelExecutions);
            service.MapPost("/WatchExecution", WatchAsync).Needs(Permission.ReadLogs);
        }
    }

    private static async Task<IResult> ExecuteAsync(HttpContext http, StartExecution start, CancellationToken ct)
    {
        if (!(await GrpcRequest.ReadAsync<ExecuteWorkflowRequest>(http)).Is(out var request, out var refusal))
        {
            return refusal;
        }

        if (RouteIds.Workflow(request.WorkflowId) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var errors = new Dictionary<string, string>();
        var variables = Json(request.Variables, "variables", errors);
        var metadata = Json(request.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.wrong_type", errors);
        }

        var trigger = request.TriggerNode.Length == 0 ? null : request.TriggerNode;
        var key = request.HasIdempotencyKey ? request.IdempotencyKey : ExecutionRoutes.IdempotencyKey(http);
        return (await start.ForCallerAsync(http.Caller(), id, trigger, variables, metadata, key, ct)).Match(
            execution => new GrpcReply(Messages.Started(execution)), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> StatusAsync(HttpContext http, ShowExecution show, CancellationToken ct)
    {
        if (!(await GrpcRequest.ReadAsync<GetExecutionStatusRequest>(http)).Is(out var request, out var refusal))
        {
            return refusal;
        }

        var withLogs = (!request.HasIncludeLogs || request.IncludeLogs) && http.Caller().May(Permission.ReadLogs);
        return RouteIds.Execution(request.ExecutionId) is { } id
            ? (await show.RunAsync(http.Caller(), id, ct)).Match(
                details => new GrpcReply(Messages.Status(ExecutionDetailsBody.From(details, withLogs, request.IncludeMetrics))), ErrorMap.ToAnswer)
            : RouteIds.NoExecution;
    }

    private static async Task<IResult> CancelAsync(HttpContext http, CancelExecution cancel, CancellationToken ct)
    {
        if (!(await GrpcRequest.ReadAsync<CancelExecutionRequest>(http)).Is(out var request, out var refusal))
        {
            return refusal;
        }

        return RouteIds.Execution(request.ExecutionId) is { } id
            ? (await cancel.RunAsync(http.Caller(), id, ct)).Match(execution => new GrpcReply(Messages.Cancelled(execution)), ErrorMap.ToAnswer)
            : RouteIds.NoExecution;
    }

    private static async Task<IResult> WatchAsync(HttpContext http, FindExecutions find, FollowExecution follow, StreamGuard guard, CancellationToken ct)
    {
        if (!(await GrpcRequest.ReadAsync<WatchExecutionRequest>(http)).Is(out var request, out var refusal))
        {
            return refusal;
        }

        if (request.AfterSeq < 0)
        {
            return Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["after_seq"] = "must be zero or more." });
        }

        return RouteIds.Execution(request.ExecutionId) is { } id && await find.SummaryAsync(http.Caller(), id, ct) is { } execution
            ? new GrpcStream(end => guard.WatchAsync(
                http,
                Permission.ReadLogs,
                execution.Workflow,
                async (caller, token) => await find.SummaryAsync(caller, id, token) is not null,
                ChangesAsync(follow, http.Caller(), id, request.AfterSeq, end),
                lost => new GrpcItem(null, Refusal(lost)),
                end))
            : RouteIds.NoExecution;
    }

    private static async IAsyncEnumerable<GrpcItem> ChangesAsync(
        FollowExecution follow, Caller caller, ExecutionId id, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var update in follow.RunAsync(caller, id, after, ct))
        {
            yield return update.Match(
                changed => new GrpcItem(Messages.Changed(changed), null),
                behind => new GrpcItem(null, Answers.Error(
                    ErrorCode.RateLimitExceeded, "reader.slow", $"You read more slowly than the execution goes on. Watch again after {behind.ResumeAfter}.", ("resume_after", behind.ResumeAfter))));
        }
    }

    private static IResult Refusal(LostAccess lost) =>
        lost == LostAccess.Changed ? RouteIds.NoExecution
        : Answers.Error(lost == LostAccess.Missing ? ErrorCode.PermissionDenied : ErrorCode.Unauthorized, lost.Reason, lost.Message);

    private static JsonElement Json(string text, string field, Dictionary<string, string> errors)
    {
        try
        {
            var json = text.Length == 0 ? default : ObjectField.Read(JsonElement.Parse(text, RequestBody.Strict), field, errors);
            if (UnicodeCheck.FirstProblem(Encoding.UTF8.GetBytes(text)) is { } place)
            {
                errors[place == "body" ? field : $"{field}.{place}"] = UnicodeCheck.Problem;
            }

            return json;
        }
        catch (JsonException)
        {
            errors[field] = "must be a JSON object.";
            return default;
        }
    }
}
