using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions.Internal;

/// <summary>A workflow as a start sees it.</summary>
/// <param name="Graph">Null until it has been published.</param>
internal sealed record PublishedWorkflow(
    TenantId Tenant,
    CommunityId Community,
    EntityId Entity,
    WorkflowId Id,
    string Status,
    bool Paused,
    WorkflowVersionId? Version,
    CompiledGraph? Graph);
