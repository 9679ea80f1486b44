using System.Text.Json;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Activities;

/// <summary>How an activity presents itself: the catalogue, the studio's forms, validation and the documentation are drawn from it.</summary>
public sealed record ActivityDescriptor
{
    /// <summary>The <c>node_type</c>, such as <c>action_http</c>.</summary>
    public required string Type { get; init; }

    public int Version { get; init; } = 1;

    /// <summary>trigger, condition, action, data, loop or flow.</summary>
    public required string Category { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>A Tabler icon's name.</summary>
    public required string Icon { get; init; }

    public required string Description { get; init; }

    /// <summary>What comes out of its ports, in Markdown: for the documentation. Empty if nothing does.</summary>
    public string Produces { get; init; } = "";

    /// <summary>Other names under which definitions may call this type; stored under <see cref="Type"/>.</summary>
    public IReadOnlyList<string> TypeAliases { get; init; } = [];

    public IReadOnlyList<string> Inputs { get; init; } = ["input"];

    public IReadOnlyList<string> Outputs { get; init; } = ["output"];

    /// <summary>
    /// A configuration field, an object, whose values name further output ports; null if the ports are fixed. See <see cref="OutputsOf"/>.
    /// </summary>
    public string? OutputsFrom { get; init; }

    /// <summary>JSON Schema of <c>config</c> (the subset that <c>Graphs/ConfigSchema</c> reads).</summary>
    public required JsonElement ConfigSchema { get; init; }

    /// <summary>Other names under which definitions may give a configuration field: alias to our name.</summary>
    public IReadOnlyDictionary<string, string> ConfigAliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it changes anything outside the execution. Without effects it is pure and its events are buffered.</summary>
    public bool HasEffects { get; init; }

    /// <summary>
    /// A configuration field and the value with which a node has effects although <see cref="HasEffects"/> is false; null if there is none.
    /// </summary>
    public (string Field, string Value)? EffectsWhen { get; init; }

    /// <summary>A configuration field, an object, whose texts are expressions although they have no braces; null if there is none.</summary>
    public string? ExpressionsIn { get; init; }

    /// <summary>
    /// A configuration field whose text may be JSON with templates in it: what they give is then written as JSON; null if there is none.
    /// </summary>
    public string? JsonTextIn { get; init; }

    /// <summary>A trigger's configuration field that holds the JSON Schema of what it wants to be given; null if there is none.</summary>
    public string? InputSchemaIn { get; init; }

    /// <summary>Configuration fields that name the variables that it sets: a text is a name, an object's field names are.</summary>
    public IReadOnlyList<string> VariablesFrom { get; init; } = [];

    /// <summary>
    /// Of a loop: the configuration fields that name what its body sees, each with the name that counts if it is left out. A null field has only
    /// that.
    /// </summary>
    public IReadOnlyList<(string? Field, string Default)> BodyNames { get; init; } = [];

    /// <summary>Names that only its own look-ups see, such as <c>item</c> in a filter.</summary>
    public IReadOnlyList<string> OwnNames { get; init; } = [];

    public bool IsTrigger { get; init; }

    /// <summary>Of a trigger: the fields that it puts out, as far as they are known.</summary>
    public IReadOnlyList<string> TriggerFields { get; init; } = [];

    /// <summary>Of a trigger: the field that holds what was sent. Its fields can be named alone where nothing else has that name.</summary>
    public string? PayloadField { get; init; }

    public bool CanSuspend { get; init; }

    /// <summary>Whether it gathers tokens instead of running once per token.</summary>
    public bool IsMerge { get; init; }

    /// <summary>
    /// Whether it runs what is connected to its port <c>loop</c> again and again, and leaves by <c>complete</c>; it answers
    /// <see cref="ActivityResult.Iterating"/>.
    /// </summary>
    public bool IsLoop { get; init; }

    /// <summary>Whether leaving by its port <c>break</c> ends the loop around it.</summary>
    public bool IsBreak { get; init; }

    /// <summary>Whether the connections of its port <c>output</c> are branches that the engine races, holds back or limits in time.</summary>
    public bool IsFork { get; init; }

    /// <summary>Other names under which definitions may call an output port: alias to our name.</summary>
    public IReadOnlyDictionary<string, string> PortAliases { get; init; } = new Dictionary<string, string>();

    /// <summary>How a node that gives no <c>retry</c> is tried again; see <see cref="RetryFor"/>.</summary>
    public RetryPolicy DefaultRetry { get; init; } = RetryPolicy.None;

    /// <summary>A configuration field that gives a number of further tries, for authors who give no <c>retry</c>; null if there is none.</summary>
    public string? RetryCountField { get; init; }

    /// <summary>How long one try may take; null for pure activities.</summary>
    public TimeSpan? DefaultTimeout { get; init; }

    /// <summary>
    /// The output ports of a node with this configuration: the fixed ones, then those that <see cref="OutputsFrom"/> names, then <c>error</c>.
    /// </summary>
    public IReadOnlyList<string> OutputsOf(JsonElement config) =>
        OutputsFrom is not null
        && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty(OutputsFrom, out var field)
        && field.ValueKind == JsonValueKind.Object
            ?
            [
                .. Outputs
                    .Except([Ports.Error])
                    .Concat(
                        field.EnumerateObject().Where(port => port.Value.ValueKind == JsonValueKind.String).Select(port => port.Value.GetString()!)
                    )
                    .Concat(Outputs.Intersect([Ports.Error]))
                    .Distinct(),
            ]
            : Outputs;

    /// <summary>The port by which a node goes on when nothing special happens; null if it ends its branch.</summary>
    public string? MainPortOf(JsonElement config) =>
        IsLoop ? Ports.Complete
        : IsBreak ? Ports.Continue
        : OutputsOf(config).FirstOrDefault(port => port != Ports.Error);

    /// <summary>Whether a node with this configuration has effects.</summary>
    public bool HasEffectsWith(JsonElement config) =>
        HasEffects
        || (
            EffectsWhen is { } when
            && config.ValueKind == JsonValueKind.Object
            && config.TryGetProperty(when.Field, out var field)
            && field.ValueKind == JsonValueKind.String
            && field.ValueEquals(when.Value)
        );

    /// <summary>The policy of a node that gives no <c>retry</c> of its own: from <see cref="RetryCountField"/>, else the default.</summary>
    public RetryPolicy RetryFor(JsonElement config) =>
        RetryCountField is not null
        && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty(RetryCountField, out var field)
        && field.ValueKind == JsonValueKind.Number
        && field.TryGetInt32(out var count)
            ? new RetryPolicy(Math.Clamp(count, 0, 19) + 1, "exponential", 1)
            : DefaultRetry;
}

/// <summary>How often and how soon a failed node is tried again (only failures that call themselves retryable).</summary>
/// <param name="MaxAttempts">Tries in all, 1 to 20.</param>
/// <param name="Backoff"><c>fixed</c> or <c>exponential</c>.</param>
/// <param name="InitialSeconds">Wait before the second try, in seconds, 0 to 3,600.</param>
public sealed record RetryPolicy(int MaxAttempts, string Backoff, double InitialSeconds)
{
    public static RetryPolicy None { get; } = new(1, "fixed", 0);
}
