using System.Text.Json;
using SaaSFlows.Activities.Data;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Data;

internal sealed class Globals : IGlobalVariables
{
    public Dictionary<string, JsonElement> Values { get; } = [];

    public string? Key { get; private set; }

    public ValueTask<JsonElement> ReadAsync(ExecutionRef execution, string name, CancellationToken ct) => new(Values.GetValueOrDefault(name));

    public ValueTask<ActivityResult.Failed?> WriteAsync(
        ExecutionRef execution,
        IReadOnlyList<KeyValuePair<string, JsonElement>> variables,
        string idempotencyKey,
        CancellationToken ct
    )
    {
        Key = idempotencyKey;
        foreach (var (name, value) in variables)
        {
            Values[name] = value;
        }

        return new((ActivityResult.Failed?)null);
    }
}
