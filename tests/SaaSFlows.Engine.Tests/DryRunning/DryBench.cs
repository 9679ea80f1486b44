using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Tests.Running;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.DryRunning;

/// <summary>Dry runs with the activities of the engine's bench, and one that can be told what to say.</summary>
internal sealed class DryBench(EngineLimits? limits = null)
{
    public EngineBench Real { get; } = new(new() { EffectsPerExecution = 1 }, limits);

    public ScriptedActivity Scripted { get; } = new();

    private ActivityCatalogue Catalogue =>
        new([
            .. Real.Catalogue.Descriptors.Select(known => Real.Catalogue.TryFind(known.Type, out var activity) ? activity : null!),
            Scripted,
            new KeyedWait(),
        ]);

    public Task<DryRunReport> RunAsync(string graph, string input = "{}", string pins = "{}", CancellationToken ct = default)
    {
        var definition = WorkflowDefinition
            .Read(JsonElement.Parse(graph), Catalogue)
            .Match(accepted => accepted, errors => throw new InvalidOperationException(string.Join("; ", errors)));
        return RunAsync(
            definition,
            input,
            JsonElement
                .Parse(pins)
                .EnumerateObject()
                .ToDictionary(
                    pin => new NodeId(pin.Name),
                    pin => new PinnedOutput(pin.Value.TryGetProperty("port", out var port) ? port.GetString() : null, pin.Value.GetProperty("output"))
                ),
            ct
        );
    }

    public Task<DryRunReport> RunAsync(
        WorkflowDefinition definition,
        string input,
        IReadOnlyDictionary<NodeId, PinnedOutput> pins,
        CancellationToken ct,
        JsonElement variables = default
    ) =>
        new DryRun(Catalogue, Real.Limits, Real.Time, NullLogger<DryRun>.Instance).RunAsync(
            new(Real.NewRef(), definition, new("start"), JsonElement.Parse(input), variables, pins),
            ct
        );
}

/// <summary>An effect whose preview is what a test says it is; it is never run.</summary>
internal sealed class ScriptedActivity : IPreviewableActivity, IResumableActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "test_scripted",
            Category = "action",
            DisplayName = "Scripted",
            Icon = "flag",
            Description = "Says what it is told to.",
            Outputs = ["success", "error"],
            ConfigSchema = JsonElement.Parse("""{"type":"object","properties":{}}"""),
            HasEffects = true,
            CanSuspend = true,
            DefaultRetry = new(5, "fixed", 1),
        };

    public Func<IActivityContext, Preview> Says { get; set; } = context => new(default, new ActivityResult.Completed("success", context.Input));

    public int Previews { get; private set; }

    public Preview Preview(IActivityContext context)
    {
        Previews++;
        return Says(context);
    }

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        throw new InvalidOperationException("A dry run has no effects.");

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => new ActivityResult.Completed("success", stimulus.Payload);
}

/// <summary>A pure node that waits for what only others can send, without end.</summary>
internal sealed class KeyedWait : IResumableActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "test_keyed_wait",
            Category = "action",
            DisplayName = "Keyed wait",
            Icon = "flag",
            Description = "Waits.",
            Outputs = ["received", "timeout"],
            ConfigSchema = JsonElement.Parse("""{"type":"object","properties":{}}"""),
            CanSuspend = true,
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        new(new ActivityResult.Suspended("event", "order.paid", null));

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => throw new InvalidOperationException("Nobody sends anything.");
}
