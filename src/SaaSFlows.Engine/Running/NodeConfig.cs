using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Running;

/// <summary>A node's configuration as one run sees it.</summary>
internal sealed class NodeConfig(CompiledConfig config, NodeScope scope) : INodeConfig
{
    public bool Has(string name) => config.Raw(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public JsonElement Raw(string name) => config.Raw(name);

    public JsonElement Value(string name) => Has(name) ? config.Evaluate(name, scope) : default;

    public string? Text(string name) => Has(name) ? config.EvaluateText(name, scope) : null;
}
