using System.Text.Json;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// What expressions can see of an execution. An effect reads it from another thread while the execution goes on, so it is shared by
/// snapshot: once shared, the next change is made to a copy.
/// </summary>
internal sealed class ExecutionValues
{
    private ExecutionValues(JsonElement env, JsonElement trigger, Dictionary<string, JsonElement> variables, JsonElement[] outputs)
        => (Env, Trigger, Variables, Outputs) = (env, trigger, variables, outputs);

    public ExecutionValues(int nodes)
        : this(default, default, new(StringComparer.Ordinal), new JsonElement[nodes])
    {
    }

    public JsonElement Env { get; set; }

    /// <summary>What started the execution; once the trigger ran, what it put out.</summary>
    public JsonElement Trigger { get; set; }

    public Dictionary<string, JsonElement> Variables { get; }

    /// <summary>What each node put out last, by index; undefined before its first run.</summary>
    public JsonElement[] Outputs { get; }

    public ExecutionValues Copy() => new(Env, Trigger, new(Variables, StringComparer.Ordinal), [.. Outputs]);
}
