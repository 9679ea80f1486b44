using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Makes a definition that passed validation ready to run.</summary>
public static class GraphCompiler
{
    // Of a node that says nothing: no effect may hold its execution for ever.
    private static readonly TimeSpan LongestEffect = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Compiles. Only the structure must hold: a configuration that today's schema would refuse fails its node when it runs, so that
    /// versions published long ago go on.
    /// </summary>
    /// <exception cref="ArgumentException">An unknown type or node, a cycle, or a connection across scopes: the definition was not
    /// validated.</exception>
    public static CompiledGraph Compile(WorkflowDefinition definition, ActivityCatalogue catalogue)
    {
        var shape = GraphShape.Of(definition, catalogue);
        if (shape.Cycle.Count > 0)
        {
            throw new ArgumentException($"The graph has a cycle at '{shape.Cycle[0]}'.", nameof(definition));
        }

        if (definition.Connections.Select(shape.Scopes.Problem).FirstOrDefault(problem => problem is not null) is { } crossing)
        {
            throw new ArgumentException(crossing, nameof(definition));
        }

        return new Compilation(definition, catalogue, shape).Run();
    }

    private sealed class Compilation(WorkflowDefinition definition, ActivityCatalogue catalogue, GraphShape shape)
    {
        private readonly Dictionary<NodeId, int> _indexes = [];
        private readonly Dictionary<NodeId, CompiledScope> _bodies = [];
        private readonly Dictionary<NodeId, NodeSet> _exits = [];
        private readonly CompiledScope _root = new(0, -1, null);
        private readonly int[] _slots = new int[definition.Nodes.Count];
        private readonly CompiledNode[] _nodes = new CompiledNode[definition.Nodes.Count];
        private readonly ILookup<(NodeId, string), (ConnectionDefinition Connection, int Order)> _outgoing = definition
            .Connections.Select((connection, order) => (connection, order))
            .ToLookup(pair => (pair.connection.FromNode, pair.connection.FromPort));

        public CompiledGraph Run()
        {
            var definitions = definition.Nodes.ToDictionary(node => node.Id);
            foreach (var id in shape.Order)
            {
                _indexes[id] = _indexes.Count;
                _slots[_indexes[id]] = ScopeOf(id).Size++;
                if (Find(definitions[id]).Descriptor.IsLoop)
                {
                    _bodies[id] = new(_bodies.Count + 1, _indexes[id], ScopeOf(id));
                }
            }

            // From the last node to the first: what a node leads to is already there.
            foreach (var id in Enumerable.Reverse(shape.Order))
            {
                _nodes[_indexes[id]] = Compile(definitions[id]);
            }

            foreach (var merge in _nodes.Where(node => node.IsMerge && node.Enabled))
            {
                merge.Scope.Merges.Add(merge);
                merge.ReachedFrom = new(merge.Scope.Size);
                foreach (var node in _nodes.Where(node => node.Scope == merge.Scope && node.Reaches.Contains(merge.Slot)))
                {
                    merge.ReachedFrom.Add(node.Slot);
                }
            }

            return new(definition, _nodes, [_root, .. _bodies.Values]);
        }

        private CompiledScope ScopeOf(NodeId node) => shape.Scopes.LoopOf(node) is { } loop ? _bodies[loop] : _root;

        private IActivity Find(NodeDefinition node) =>
            catalogue.TryFind(node.Type, out var activity)
                ? activity
                : throw new ArgumentException($"Unknown node_type '{node.Type}' of node '{node.Id}'.", nameof(node));

        private CompiledNode Compile(NodeDefinition node)
        {
            var activity = Find(node);
            var descriptor = activity.Descriptor;
            var config = CompiledConfig.Compile(node.Config, descriptor);
            var hasEffects = descriptor.HasEffectsWith(node.Config);
            var scope = ScopeOf(node.Id);
            var outputs = descriptor.OutputsOf(node.Config).Select(port => Connect(node.Id, port)).ToArray();
            return new()
            {
                Index = _indexes[node.Id],
                Id = node.Id,
                Scope = scope,
                Slot = _slots[_indexes[node.Id]],
                Activity = activity,
                Config = config,
                Enabled = node.Enabled,
                HasEffects = hasEffects,
                IsMerge = descriptor.IsMerge,
                IsBreak = descriptor.IsBreak,
                Body = _bodies.GetValueOrDefault(node.Id),
                Fork = descriptor.IsFork ? CompiledFork.Of(config, outputs[0].Connections, _nodes, scope.Size) : null,
                SideBySide =
                    descriptor.IsFork ? Math.Clamp(config.Whole("max_parallel") ?? int.MaxValue, 1, Math.Max(outputs[0].Connections.Length, 1))
                    : descriptor.IsLoop ? Math.Max(config.Whole("max_parallel") ?? 1, 1)
                    : 1,
                IsEnd = outputs.Length == 0,
                RequiredTokens = config.Whole("input_ports_required") ?? -1,
                Retry = descriptor.IsMerge || descriptor.IsLoop ? RetryPolicy.None : Retry(node, descriptor),
                Timeout = node.Timeout ?? config.Seconds("timeout_seconds") ?? descriptor.DefaultTimeout ?? (hasEffects ? LongestEffect : null),
                OnError = node.OnError ?? (Array.Exists(outputs, IsConnectedError) ? ErrorHandling.ErrorPort : ErrorHandling.Fail),
                Outputs = outputs,
                MainPort = descriptor.MainPortOf(node.Config),
                Reaches = Reaches(node.Id, scope, outputs),
                ReachesByError = Reaches(scope, outputs.Where(output => output.Name == Ports.Error)),
            };
        }

        private OutputPort Connect(NodeId node, string port) =>
            new(
                port,
                [
                    .. _outgoing[(node, port)]
                        .Select(pair => new Connection(
                            pair.Order,
                            _indexes[pair.Connection.ToNode],
                            shape.Scopes.IsBack(pair.Connection),
                            shape.Scopes.LeavesLoop(pair.Connection)
                        )),
                ]
            );

        private NodeSet Reaches(NodeId node, CompiledScope scope, OutputPort[] outputs)
        {
            var reaches = Reaches(scope, outputs);
            if (_exits.TryGetValue(node, out var exits))
            {
                reaches.AddAll(exits);
            }

            // What a break leads to is reached by its loop: the body is one node to the scope around it.
            foreach (
                var connection in outputs
                    .SelectMany(output => output.Connections)
                    .Where(connection => connection is { LeavesLoop: true, IsBack: false })
            )
            {
                var loop = shape.Scopes.LoopOf(node)!.Value;
                _exits.TryAdd(loop, new(scope.Parent!.Size));
                AddTarget(_exits[loop], connection);
            }

            return reaches;
        }

        private NodeSet Reaches(CompiledScope scope, IEnumerable<OutputPort> outputs)
        {
            var reaches = new NodeSet(scope.Size);
            foreach (var connection in outputs.SelectMany(output => output.Connections))
            {
                if (!connection.IsBack && _nodes[connection.ToNode].Scope == scope)
                {
                    AddTarget(reaches, connection);
                }
            }

            return reaches;
        }

        private void AddTarget(NodeSet reaches, Connection connection)
        {
            reaches.Add(_nodes[connection.ToNode].Slot);
            reaches.AddAll(_nodes[connection.ToNode].Reaches);
        }

        private static RetryPolicy Retry(NodeDefinition node, ActivityDescriptor descriptor) =>
            node.Retry is { } own ? new(own.MaxAttempts, own.Backoff, own.InitialSeconds) : descriptor.RetryFor(node.Config);

        private static bool IsConnectedError(OutputPort output) => output.Name == Ports.Error && output.Connections.Length > 0;
    }
}
