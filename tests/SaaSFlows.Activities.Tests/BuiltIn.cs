using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities.Approvals;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Data;
using SaaSFlows.Activities.Http;
using SaaSFlows.Activities.Modules;
using SaaSFlows.Activities.SubWorkflows;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Tests;

/// <summary>All built-in activities as a host registers them, with an outside world that is never there.</summary>
internal static class BuiltIn
{
    public static IReadOnlyList<IActivity> All { get; } =
    [
        .. new ServiceCollection()
            .AddSingleton<IHttpSender, NoWorld>()
            .AddSingleton<IChatSender, NoWorld>()
            .AddSingleton<IApprovals, NoWorld>()
            .AddSingleton<ISubWorkflows, NoWorld>()
            .AddSingleton<IGlobalVariables, NoWorld>()
            .AddSingleton<IModules, NoWorld>()
            .AddSingleton<IBrowserSources, NoWorld>()
            .AddBuiltInActivities()
            .BuildServiceProvider()
            .GetServices<IActivity>(),
    ];

    public static ActivityDescriptor Descriptor(string type) => All.Single(activity => activity.Descriptor.Type == type).Descriptor;

    private sealed class NoWorld : IHttpSender, IChatSender, IApprovals, ISubWorkflows, IGlobalVariables, IModules, IBrowserSources
    {
        public ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<ChatSendResult> SendAsync(
            ExecutionRef execution,
            EntityId channel,
            string text,
            string idempotencyKey,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public ValueTask<ApprovalOpening> OpenAsync(ExecutionRef execution, ApprovalQuestion question, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<SubWorkflowStart> StartAsync(ExecutionRef parent, SubWorkflowCall call, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<ShownMessage?> ShowAsync(ExecutionRef execution, BrowserMessage message, string idempotencyKey, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<ModuleChoice> ChooseAsync(ExecutionRef execution, string name, string? version, int attempt, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<JsonElement> ReadAsync(ExecutionRef execution, string name, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<ActivityResult.Failed?> WriteAsync(
            ExecutionRef execution,
            IReadOnlyList<KeyValuePair<string, JsonElement>> variables,
            string idempotencyKey,
            CancellationToken ct
        ) => throw new NotSupportedException();
    }
}
