using System.Collections.Concurrent;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>
/// An effect that counts: each call is remembered with its key. Configuration: <c>fail_times</c> (tries that fail), <c>retryable</c>, <c>result</c>
/// (what it puts out, else its input), <c>wait_for</c> (a gate that a test opens), <c>ask</c> (suspend for an answer with this key).
/// </summary>
internal sealed class CountingEffect : IResumableActivity
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    public ConcurrentQueue<Call> Calls { get; } = [];

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "test_effect",
            Category = "action",
            DisplayName = "Counting effect",
            Icon = "flag",
            Description = "Counts.",
            Outputs = ["success", "error"],
            ConfigSchema = JsonElement.Parse("""{"type":"object","properties":{}}"""),
            HasEffects = true,
            CanSuspend = true,
            DefaultTimeout = TimeSpan.FromSeconds(30),
        };

    public TaskCompletionSource Gate(string name) => _gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        Calls.Enqueue(new(context.Node.Value, context.IdempotencyKey, context.Attempt));
        if (context.Config.Text("wait_for") is { } gate)
        {
            await Gate(gate).Task.WaitAsync(ct);
        }

        if (context.Config.Has("fail_times") && context.Attempt <= context.Config.Value("fail_times").GetInt32())
        {
            var retryable = !context.Config.Has("retryable") || context.Config.Value("retryable").GetBoolean();
            return new ActivityResult.Failed("test.failed", "It failed as it was told to.", retryable)
            {
                Detail = JsonElement.Parse("""{"status":503}"""),
                RetryAfter = context.Config.Has("retry_after") ? TimeSpan.FromSeconds(context.Config.Value("retry_after").GetDouble()) : null,
            };
        }

        if (context.Config.Text("ask") is { } key)
        {
            return new ActivityResult.Suspended("question", key, null);
        }

        context.Log("done");
        return new ActivityResult.Completed("success", context.Config.Has("result") ? context.Config.Value("result") : context.Input);
    }

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => new ActivityResult.Completed("success", stimulus.Payload);

    internal sealed record Call(string Node, string Key, int Attempt);
}
