using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Hands on what started the execution; who may start it, and when, was decided before.</summary>
internal abstract class TriggerActivity : IActivity
{
    public abstract ActivityDescriptor Descriptor { get; }

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        new(new ActivityResult.Completed("output", context.Input));
}
