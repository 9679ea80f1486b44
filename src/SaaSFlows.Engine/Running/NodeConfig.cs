using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Running;

/// <summary>A node's configuration as one run sees it.</summary>
internal sealed class NodeConfig(NodeScope scope) : INodeConfig
{
    private CompiledConfig _config = null!;

    public void Begin(CompiledConfig config) => _config = config;

    public bool Has(string name) => IsGiven(_config.Find(name));

    public JsonElement Raw(string name) => _config.Find(name).Raw;

    public JsonElement Value(string name) => Value(name, scope);

    public JsonElement Value(string name, IReadOnlyDictionary<string, JsonElement> own) => Value(name, new OwnNames(own, scope));

    private JsonElement Value(string name, IExpressionScope names)
    {
        var field = _config.Find(name);
        if (!IsGiven(field))
        {
            return default;
        }

        var error = field.Error;
        return error is null && field.Compiled!.TryEvaluate(names, ExpressionLimits.Default, out var value, out error)
            ? value
            : throw Failure(name, error!);
    }

    public string? Text(string name)
    {
        var field = _config.Find(name);
        if (!IsGiven(field))
        {
            return null;
        }

        var error = field.Error;
        return error is null && field.Compiled!.TryEvaluateText(scope, ExpressionLimits.Default, out var text, out error)
            ? text
            : throw Failure(name, error!);
    }

    private sealed class OwnNames(IReadOnlyDictionary<string, JsonElement> own, IExpressionScope outer) : IExpressionScope
    {
        public bool TryResolve(string name, out ExpressionValue value)
        {
            var isOwn = own.TryGetValue(name, out var found);
            value = isOwn ? ExpressionValue.From(found) : default;
            return isOwn || outer.TryResolve(name, out value);
        }
    }

    private static bool IsGiven(CompiledConfig.Field field) => field.Raw.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private static NodeFailureException Failure(string name, ExpressionError error) => new(error.Code, CompiledConfig.Describe(name, error));
}
