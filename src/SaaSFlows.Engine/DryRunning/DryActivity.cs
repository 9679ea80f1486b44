using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>Stands in for an activity: puts out what is pinned, asks an effect what it would do, and lets only pure ones run.</summary>
/// <param name="configs">The nodes' configurations as their author wrote them.</param>
internal sealed class DryActivity(
    IActivity inner,
    IReadOnlyDictionary<NodeId, JsonElement> configs,
    IReadOnlyDictionary<NodeId, PinnedOutput> pins,
    IReadOnlyDictionary<NodeId, KnownOutput> known,
    RunNotes notes
) : IResumableActivity
{
    public ActivityDescriptor Descriptor => inner.Descriptor;

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var note = notes.Of(context.IdempotencyKey);
        note.Input = context.Input;
        if (pins.TryGetValue(context.Node, out var pin))
        {
            note.Source = OutputSource.Pin;
            return Pinned(context, pin);
        }

        var previewable = inner as IPreviewableActivity;
        if (!HasEffects(context) && (previewable is null || Descriptor.EffectsWhen is not null))
        {
            // Time passes here too, but nobody sends what would end another wait.
            var result = await inner.ExecuteAsync(context, ct);
            if (result is not ActivityResult.Suspended { Key: { } key } wait)
            {
                return result;
            }

            note.Would = JsonSerializer.SerializeToElement(
                new
                {
                    wait_for = wait.Kind,
                    key,
                    until = wait.Due?.UtcDateTime,
                }
            );
            return new ActivityResult.Completed(MainPort(context), context.Input);
        }

        var preview = previewable?.Preview(context) ?? Unknown(context);
        if (preview.Result is not ActivityResult.Failed)
        {
            note.Source = OutputSource.StandIn;
            preview = previewable is null ? preview : WithKnown(context, previewable, preview, note);
        }

        note.Would = preview.Would;
        if (preview.Answer.ValueKind != JsonValueKind.Undefined)
        {
            notes.Answer(context.NextBookmark, preview.Answer);
        }

        return preview.Result;
    }

    // What a real run brought, or else an example, says more than a stand-in that fits everything.
    private Preview WithKnown(IActivityContext context, IPreviewableActivity previewable, Preview preview, RunNote note)
    {
        var last = previewable.UsesLastOutput && known.TryGetValue(context.Node, out var kept) && Fits(preview, kept.Output) ? kept : null;
        var output = last?.Output ?? previewable.Example(context);
        if (output.ValueKind == JsonValueKind.Undefined)
        {
            return preview;
        }

        (note.Source, note.SourceExecution) = (last is null ? OutputSource.Example : OutputSource.LastExecution, last?.Execution);
        if (preview.Result is not ActivityResult.Completed completed)
        {
            return preview with { Answer = output };
        }

        previewable.Pinned(context, completed.Port, output);
        return preview with { Result = completed with { Output = output } };
    }

    // An answer to a wait must have the fields that the activity reads; it may have been configured otherwise then.
    private static bool Fits(Preview preview, JsonElement output) =>
        preview.Answer.ValueKind != JsonValueKind.Object
        || (output.ValueKind == JsonValueKind.Object && preview.Answer.EnumerateObject().All(field => output.TryGetProperty(field.Name, out _)));

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) =>
        inner is IResumableActivity resumable
            ? resumable.Resume(context, stimulus)
            : new ActivityResult.Failed("node.not_resumable", "The activity cannot be resumed.", Retryable: false);

    private bool HasEffects(IActivityContext context) =>
        Descriptor.HasEffects
        || (
            Descriptor.EffectsWhen is { } when
            && context.Config.Raw(when.Field) is { ValueKind: JsonValueKind.String } field
            && field.ValueEquals(when.Value)
        );

    private ActivityResult.Completed Pinned(IActivityContext context, PinnedOutput pin)
    {
        var port = pin.Port ?? MainPort(context);
        (inner as IPreviewableActivity)?.Pinned(context, port, pin.Output);
        return new(port, pin.Output);
    }

    // An effect that has no words for what it does: its configuration says it.
    private Preview Unknown(IActivityContext context)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in configs[context.Node].EnumerateObject().Select(JsonAccess.Name).Where(context.Config.Has))
        {
            fields[field] = context.Config.Value(field);
        }

        return new(JsonSerializer.SerializeToElement(fields), new ActivityResult.Completed(MainPort(context), context.Input));
    }

    private string? MainPort(IActivityContext context) => Descriptor.MainPortOf(configs[context.Node]);
}
