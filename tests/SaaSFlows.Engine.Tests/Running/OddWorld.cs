using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities;
using SaaSFlows.Activities.Approvals;
using SaaSFlows.Activities.BrowserSources;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Data;
using SaaSFlows.Activities.Http;
using SaaSFlows.Activities.Modules;
using SaaSFlows.Activities.SubWorkflows;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>An outside world for all built-in activities that takes everything, and answers with whatever JSON a test wants.</summary>
internal sealed class OddWorld : IHttpSender, IChatSender, IApprovals, ISubWorkflows, IGlobalVariables, IModules, IBrowserSources
{
    /// <summary>What services answer, byte for byte.</summary>
    public string Answer { get; set; } = "null";

    public IReadOnlyList<IActivity> Activities() =>
        [
            .. new ServiceCollection()
                .AddSingleton<IHttpSender>(this)
                .AddSingleton<IChatSender>(this)
                .AddSingleton<IApprovals>(this)
                .AddSingleton<ISubWorkflows>(this)
                .AddSingleton<IGlobalVariables>(this)
                .AddSingleton<IModules>(this)
                .AddSingleton<IBrowserSources>(this)
                .AddBuiltInActivities()
                .BuildServiceProvider()
                .GetServices<IActivity>(),
        ];

    public ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct) =>
        new(new HttpAnswer.Response(200, [new("Content-Type", "application/json")], Encoding.UTF8.GetBytes(Answer)));

    public ValueTask<ChatSendResult> SendAsync(ExecutionRef execution, EntityId channel, string text, string idempotencyKey, CancellationToken ct) =>
        new(new ChatSendResult.Sent(1, DateTimeOffset.UnixEpoch));

    public ValueTask<ApprovalOpening> OpenAsync(ExecutionRef execution, ApprovalQuestion question, CancellationToken ct) =>
        new(new ApprovalOpening.Open(question.ExpiresAt));

    public ValueTask<SubWorkflowStart> StartAsync(ExecutionRef parent, SubWorkflowCall call, CancellationToken ct) =>
        new(new SubWorkflowStart.Started(parent.Id, parent.Workflow));

    public ValueTask<ShownMessage?> ShowAsync(ExecutionRef execution, BrowserMessage message, string idempotencyKey, CancellationToken ct) =>
        new(new ShownMessage(1, DateTimeOffset.UnixEpoch));

    public ValueTask<ModuleChoice> ChooseAsync(ExecutionRef execution, string name, string? version, int attempt, CancellationToken ct) =>
        new(new ModuleChoice.Found(new("https://module.example/a")));

    public ValueTask<JsonElement> ReadAsync(ExecutionRef execution, string name, CancellationToken ct) => new(JsonElement.Parse(Answer));

    public ValueTask<ActivityResult.Failed?> WriteAsync(
        ExecutionRef execution,
        IReadOnlyList<KeyValuePair<string, JsonElement>> variables,
        string idempotencyKey,
        CancellationToken ct
    ) => default;
}
