using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Activities.Chat;
using SaaSFlows.Activities.Http;
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
            .AddBuiltInActivities()
            .BuildServiceProvider()
            .GetServices<IActivity>(),
    ];

    public static ActivityDescriptor Descriptor(string type) => All.Single(activity => activity.Descriptor.Type == type).Descriptor;

    private sealed class NoWorld : IHttpSender, IChatSender
    {
        public ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<ChatSendResult> SendAsync(ExecutionRef execution, EntityId channel, string text, string idempotencyKey, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
