using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities.Approvals;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Data;
using SaaSFlows.Activities.Http;
using SaaSFlows.Activities.Modules;
using SaaSFlows.Activities.SubWorkflows;
using SaaSFlows.Automation.Approvals;
using SaaSFlows.Automation.BrowserSources;
using SaaSFlows.Automation.Chat;
using SaaSFlows.Automation.Deliveries;
using SaaSFlows.Automation.DryRuns;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Automation.Events;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Executions.Incidents;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Automation.Outside;
using SaaSFlows.Automation.Registry;
using SaaSFlows.Automation.SubWorkflows;
using SaaSFlows.Automation.Variables;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation;

/// <summary>Registers this module.</summary>
public static class AutomationServices
{
    /// <summary>
    /// Adds the use cases, the catalogue, and the implementations of the ports of activities. Needs the engine, Postgres, Accounts, the vault and
    /// Outbound.
    /// </summary>
    public static IServiceCollection AddAutomation(this IServiceCollection services, WebhookOptions webhooks, LiveLogOptions liveLogs) =>
        services
            .AddSingleton(webhooks)
            .AddSingleton(liveLogs)
            .AddSingleton<IModelPart, AutomationModel>()
            .AddSingleton<VersionGraphs>()
            .AddSingleton<IGraphSource>(provider => provider.GetRequiredService<VersionGraphs>())
            .AddSingleton<PublishedWorkflows>()
            .AddSingleton<CreateWorkflow>()
            .AddSingleton<UpdateWorkflow>()
            .AddSingleton<ExportWorkflow>()
            .AddSingleton<ArchiveWorkflow>()
            .AddSingleton<ShareWorkflow>()
            .AddSingleton<RestrictWorkflow>()
            .AddSingleton<PublishWorkflow>()
            .AddSingleton<PauseWorkflow>()
            .AddSingleton<RestoreWorkflow>()
            .AddSingleton<FindWorkflows>()
            .AddSingleton<WorkflowCommunity>()
            .AddSingleton<WorkflowNames>()
            .AddSingleton<StartExecution>()
            .AddHostedService<WakeWorker>()
            .AddHostedService<EndingService>()
            .AddSingleton<IEndingHandler, LeaveLine>()
            .AddSingleton<IEndingHandler, StartOnFailure>()
            .AddSingleton<RetryExecution>()
            .AddSingleton<ReadLogs>()
            .AddSingleton<ReadNodeRuns>()
            .AddSingleton<FindIncidents>()
            .AddSingleton<FindExecutions>()
            .AddSingleton<CountExecutions>()
            .AddSingleton<ShowExecution>()
            .AddSingleton<CancelExecution>()
            .AddSingleton<DryRunWorkflow>()
            .AddSingleton<ExecutionHistory>()
            .AddSingleton<LiveTail>()
            .AddInternalSingleton<FollowExecution>()
            .AddSingleton<WebhookStore>()
            .AddSingleton<ManageWebhooks>()
            .AddSingleton<ReceiveWebhook>()
            .AddSingleton<Rehearsal>()
            .AddSingleton<DeliverByName>()
            .AddSingleton<AwaitEnd>()
            .AddSingleton<OpenWaits>()
            .AddSingleton<EventKeys>()
            .AddSingleton<EventStore>()
            .AddSingleton<EventTriggers>()
            .AddSingleton<SetOffEvent>()
            .AddSingleton<ReadEvents>()
            .AddInternalSingleton<ReplayEvents>()
            .AddInternalSingleton<PublishEvent>()
            .AddSingleton<FindApprovals>()
            .AddInternalSingleton<DecideApproval>()
            .AddSingleton<IApprovals, OpenApproval>()
            .AddSingleton<ChildResults>()
            .AddSingleton<ISubWorkflows>(provider => new SubWorkflowStarter(
                provider.GetRequiredService<TenantDatabase>(),
                provider.GetRequiredService<StartExecution>,
                provider.GetRequiredService<ChildResults>(),
                provider.GetRequiredService<ExecutionTraces>(),
                provider.GetRequiredService<TenantBacklog>(),
                provider.GetRequiredService<WorkerOptions>()
            ))
            .AddSingleton<IEndingHandler, TellParent>()
            .AddSingleton(provider => new CancelChildren(
                provider.GetRequiredService<TenantDatabase>(),
                provider.GetRequiredService<Inbox>(),
                provider.GetRequiredService<ExecutionWorker>
            ))
            .AddSingleton<IEndingHandler>(provider => provider.GetRequiredService<CancelChildren>())
            .AddSingleton<IDroppedWaits>(provider => provider.GetRequiredService<CancelChildren>())
            .AddSingleton<EnvironmentCapture>()
            .AddSingleton<LastOutputs>()
            .AddSingleton<IGlobalVariables, GlobalVariables>()
            .AddSingleton<ChatRoom>()
            .AddSingleton<Cooldowns>()
            .AddInternalSingleton<PostChatMessage>()
            .AddSingleton<IChatSender, WebChatSender>()
            .AddSingleton<ManageBrowserSources>()
            .AddSingleton<BrowserPages>()
            .AddSingleton<IBrowserSources>(provider => provider.GetRequiredService<BrowserPages>())
            .AddSingleton<ServiceRegistry>()
            .AddSingleton<IModules, ModuleFinder>()
            .AddSingleton<ExecutionTraces>()
            .AddSingleton<IHttpSender, OutboundSender>();

    /// <summary>The background work of the scheduler role: recovering events, deleting old ones, checking registered services.</summary>
    public static IServiceCollection AddAutomationMaintenance(this IServiceCollection services, EventOptions events, RegistryOptions registry) =>
        services
            .AddSingleton(registry)
            .AddSingleton<ServiceChecks>()
            .AddHostedService(provider => provider.GetRequiredService<ServiceChecks>())
            .AddSingleton(events)
            .AddSingleton<EventRecovery>()
            .AddHostedService(provider => provider.GetRequiredService<EventRecovery>())
            .AddSingleton<EventRetention>()
            .AddSingleton(provider => new PlatformJob("old-events", "3-59/10 * * * *", provider.GetRequiredService<EventRetention>().RunAsync));
}
