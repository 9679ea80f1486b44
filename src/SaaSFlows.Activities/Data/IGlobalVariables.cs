using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Data;

/// <summary>Variables that all executions of a community share.</summary>
public interface IGlobalVariables
{
    /// <summary>The variable's value in the execution's community; undefined if there is none.</summary>
    ValueTask<JsonElement> ReadAsync(ExecutionRef execution, string name, CancellationToken ct);

    /// <summary>Writes all of them or none. A second call with the same key changes nothing that the first one wrote.</summary>
    /// <returns>Null, or why nothing was written.</returns>
    ValueTask<ActivityResult.Failed?> WriteAsync(
        ExecutionRef execution,
        IReadOnlyList<KeyValuePair<string, JsonElement>> variables,
        string idempotencyKey,
        CancellationToken ct
    );
}
