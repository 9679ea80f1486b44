using Grpc.Core;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Pipeline;

namespace SaaSFlows.Api.Grpc;

/// <summary>The same calls under the name without a package.</summary>
internal sealed class BareWorkflowCalls(WorkflowCalls calls) : Bare.WorkflowService.WorkflowServiceBase
{
    /// <inheritdoc/>
    [Needs(Permission.ExecuteWorkflows)]
    public override Task<ExecuteWorkflowResponse> ExecuteWorkflow(ExecuteWorkflowRequest request, ServerCallContext context) =>
        calls.ExecuteWorkflow(request, context);

    /// <inheritdoc/>
    [Needs(Permission.ReadExecutions)]
    public override Task<GetExecutionStatusResponse> GetExecutionStatus(GetExecutionStatusRequest request, ServerCallContext context) =>
        calls.GetExecutionStatus(request, context);

    /// <inheritdoc/>
    [Needs(Permission.CancelExecutions)]
    public override Task<CancelExecutionResponse> CancelExecution(CancelExecutionRequest request, ServerCallContext context) =>
        calls.CancelExecution(request, context);

    /// <inheritdoc/>
    [Needs(Permission.ReadLogs)]
    public override Task WatchExecution(
        WatchExecutionRequest request,
        IServerStreamWriter<WatchExecutionResponse> responseStream,
        ServerCallContext context
    ) => calls.WatchExecution(request, responseStream, context);
}
