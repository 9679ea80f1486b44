using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Http;
using SaaSFlows.Automation.Chat;
using SaaSFlows.Automation.DryRuns;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Incidents;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Automation.Outside;
using SaaSFlows.Automation.Webhooks;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation;

/// <summary>Registers this module.</summary>
public static class AutomationServices
{
    /// <summary>Use cases, the catalogue, and what activities reach the world through. Needs the engine, Postgres, Accounts, the vault and Outbound.</summary>
    public static IServiceCollection AddAutomation(this IServiceCollection services, WebhookOptions webhooks) => services
        .AddSingleton(webhooks)
        .AddSingleton<IModelPart, AutomationModel>()
        .AddSingleton<VersionGraphs>()
        .AddSingleton<IGraphSource>(provider => provider.GetRequiredService<VersionGraphs>())
        .AddSingleton<PublishedWorkflows>()
        .AddSingleton<CreateWorkflow>()
        .AddSingleton<UpdateWorkflow>()
        .AddSingleton<ArchiveWorkflow>()
        .AddSingleton<PublishWorkflow>()
        .AddSingleton<PauseWorkflow>()
        .AddSingleton<FindWorkflows>()
        .AddSingleton<StartExecution>()
        .AddHostedService<WakeWorker>()
        .AddHostedService<EndingService>()
        .AddSingleton<IEndingHandler, LeaveLine>()
        .AddSingleton<IEndingHandler, StartOnFailure>()
        .AddSingleton<RetryExecution>()
        .AddSingleton<ReadLogs>()
        .AddSingleton<FindIncidents>()
        .AddSingleton<FindExecutions>()
        .AddSingleton<ShowExecution>()
        .AddSingleton<CancelExecution>()
        .AddSingleton<DryRunWorkflow>()
        .AddSingleton<ExecutionHistory>()
        .AddSingleton<FollowExecution>()
        .AddSingleton<WebhookDoors>()
        .AddSingleton<ManageWebhooks>()
        .AddSingleton<ReceiveWebhook>()
        .AddSingleton<AwaitEnd>()
        .AddSingleton<ChatRoom>()
        .AddSingleton<PostChatMessage>()
        .AddSingleton<IChatSender, WebChatSender>()
        .AddSingleton<IHttpSender, OutboundSender>();
}
