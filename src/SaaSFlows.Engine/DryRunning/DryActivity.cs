using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>Stands in for an activity: puts out what is pinned, asks an effect what it would do, and lets only pure ones run.</summary>
/// <param name="pins">Each with the port that it leaves by; null for none.</param>
internal sealed class DryActivity(IActivity inner, IReadOnlyDictionary<NodeId, PinnedOutput> pins, RunNotes notes) : IResumableActivity
{
    public ActivityDescriptor Descriptor => inner.Descriptor;

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var note = notes.Of(context.IdempotencyKey);
        note.Input = context.Input;
        if (pins.TryGetValue(context.Node, out var pin))
        {
            note.IsPinned = true;
            return new(Pinned(context, pin));
        }

        var previewable = inner as IPreviewableActivity;
        if (previewable is null && !Descriptor.HasEffects)
        {
            return inner.ExecuteAsync(context, ct);
        }

        var preview = previewable?.Preview(context) ?? Unknown(context);
        note.Would = preview.Would;
        if (preview.Answer.ValueKind != JsonValueKind.Undefined)
        {
            notes.Answer(context.NextBookmark, preview.Answer);
        }

        return new(preview.Result);
    }

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => inner is IResumableActivity resumable
        ? resumable.Resume(context, stimulus)
        : new ActivityResult.Failed("node.not_resumable", "The activity cannot be resumed.", Retryable: false);

    private ActivityResult.Completed Pinned(IActivityContext context, PinnedOutput pin)
    {
        (inner as IPreviewableActivity)?.Pinned(context, pin.Port, pin.Output);
        return new(pin.Port, pin.Output);
    }

    // An effect that has no words for what it does: its configuration says it.
    private Preview Unknown(IActivityContext context)
    {
        var config = Config(context);
        return new(config, new ActivityResult.Completed(PinnedOutput.MainPort(Descriptor, config), context.Input));
    }

    private JsonElement Config(IActivityContext context)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in Descriptor.ConfigSchema.TryGetProperty("properties"u8, out var known) ? known.EnumerateObject() : default)
        {
            var name = JsonAccess.Name(field);
            if (context.Config.Has(name))
            {
                fields[name] = context.Config.Value(name);
            }
        }

        return JsonSerializer.SerializeToElement(fields);
    }
}
