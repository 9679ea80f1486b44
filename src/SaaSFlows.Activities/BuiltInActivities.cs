using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities.Approvals;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Conditions;
using SaaSFlows.Activities.Data;
using SaaSFlows.Activities.Events;
using SaaSFlows.Activities.Flow;
using SaaSFlows.Activities.Http;
using SaaSFlows.Activities.Loop;
using SaaSFlows.Activities.Modules;
using SaaSFlows.Activities.SubWorkflows;
using SaaSFlows.Activities.Triggers;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities;

/// <summary>The one list of what is built in.</summary>
public static class BuiltInActivities
{
    /// <summary>Registers every built-in activity, in the order of its type. Needs the ports that README.md names.</summary>
    public static IServiceCollection AddBuiltInActivities(this IServiceCollection services) =>
        services
            .AddSingleton<IActivity, ApprovalActivity>()
            .AddSingleton<IActivity, BrowserSourceActivity>()
            .AddSingleton<IActivity, ChatAskActivity>()
            .AddSingleton<IActivity, ChatMessageActivity>()
            .AddSingleton<IActivity, DelayActivity>()
            .AddSingleton<IActivity, HttpActivity>()
            .AddSingleton<IActivity, ModuleActivity>()
            .AddSingleton<IActivity, WaitEventActivity>()
            .AddSingleton<IActivity, SubWorkflowActivity>()
            .AddSingleton<IActivity, FilterActivity>()
            .AddSingleton<IActivity, IfActivity>()
            .AddSingleton<IActivity, SwitchActivity>()
            .AddSingleton<IActivity, TransformActivity>()
            .AddSingleton<IActivity, VariableGetActivity>()
            .AddSingleton<IActivity, VariableSetActivity>()
            .AddSingleton<IActivity, EndActivity>()
            .AddSingleton<IActivity, MergeActivity>()
            .AddSingleton<IActivity, ParallelActivity>()
            .AddSingleton<IActivity, BreakActivity>()
            .AddSingleton<IActivity, ForeachActivity>()
            .AddSingleton<IActivity, WhileActivity>()
            .AddSingleton<IActivity, CommandTrigger>()
            .AddSingleton<IActivity, EventTrigger>()
            .AddSingleton<IActivity, ManualTrigger>()
            .AddSingleton<IActivity, ScheduleTrigger>()
            .AddSingleton<IActivity, WebhookTrigger>();
}
