using System.Text.Json;

namespace SaaSFlows.Engine.Activities;

/// <summary>
/// What a node does: the code behind a node type. One instance serves all executions, so it holds no state.
/// </summary>
public interface IActivity
{
    /// <summary>How the activity presents itself: type, ports, configuration schema, abilities.</summary>
    ActivityDescriptor Descriptor { get; }

    /// <summary>
    /// Does the work of one node for one token. An activity whose descriptor has no effects must be a function of its context:
    /// it is run again when an execution is rebuilt from its journal. One with effects may be called again with the same
    /// <see cref="IActivityContext.IdempotencyKey"/>.
    /// </summary>
    ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct);
}

/// <summary>An activity whose configuration has rules that its schema cannot say.</summary>
public interface IConfigRules : IActivity
{
    /// <summary>What is wrong with a configuration that fits the schema, as sentences.</summary>
    IEnumerable<string> Problems(JsonElement config);
}

/// <summary>An activity that can answer <see cref="ActivityResult.Suspended"/> and go on when its bookmark is reached.</summary>
public interface IResumableActivity : IActivity
{
    /// <summary>Turns the fact that reached the bookmark into the node's result. Pure: called again on rebuild.</summary>
    ActivityResult Resume(IActivityContext context, Stimulus stimulus);
}
