using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>
/// What a graph's nodes can name, as far as it is known before an execution: the names that expressions see (<c>docs/expressions.md</c>, Names).
/// </summary>
internal sealed class GraphNames
{
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _triggerFields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _payloads = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, string[]> _bodies = [];
    private readonly ConcurrentDictionary<NodeId, BitArray> _reached = [];
    private readonly Dictionary<string, int> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly GraphShape _shape;

    // Each search looks at every name there is. Whoever makes that many slips fixes some of them first.
    private const int MostSearches = 2_000;
    private int _searches;

    // Names that are computed, payloads, variables of a caller: then a name that nothing declares may exist all the same.
    private bool _variablesAreOpen;
    private bool _fieldsAreOpen;
    private bool _triggerIsOpen;

    private GraphNames(WorkflowDefinition definition, GraphShape shape)
    {
        _shape = shape;
        foreach (var node in definition.Nodes)
        {
            _nodes.TryAdd(node.Id.Value, _nodes.Count);
            _labels.TryAdd(node.Label, node.Id.Value);
        }
    }

    /// <summary>Names that stand for something in every graph.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Roots { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["input"] = [],
            ["trigger"] = [],
            ["nodes"] = [],
            ["variables"] = [],
            ["env"] = [],
            ["loop"] = ["item", "index"],
            ["execution"] = ["id", "started_at"],
            ["workflow"] = ["id", "name"],
            ["tenant"] = ["id", "slug", "name"],
            ["now"] = [],
        };

    public static GraphNames Of(WorkflowDefinition definition, ActivityCatalogue catalogue, GraphShape shape)
    {
        var names = new GraphNames(definition, shape);
        names._variables.UnionWith(definition.GlobalVariables.EnumerateObject().Select(JsonAccess.Name));
        foreach (var node in definition.Nodes)
        {
            if (catalogue.TryFind(node.Type, out var activity))
            {
                names.AddVariables(node, activity.Descriptor);
                names.AddBody(node, activity.Descriptor);
                names.AddTrigger(node, activity.Descriptor);
            }
            else
            {
                // Nobody knows what it would set.
                names._variablesAreOpen = true;
            }
        }

        return names;
    }

    /// <summary>What is wrong with a name that the node reads; null if nothing is known to be.</summary>
    /// <param name="own">Names that only this look-up sees.</param>
    public NameProblem? Problem(NodeId node, NameReference reference, IReadOnlyList<string> own) =>
        reference.Steps[0] switch
        {
            "nodes" when reference.Steps.Count > 1 => NodeProblem(node, reference, "nodes"),
            "variables" when reference.Steps.Count > 1 => VariableProblem(node, reference.Steps[1]),
            "trigger" when reference.Steps.Count > 1 => TriggerProblem(reference.Steps[1]),
            "loop" when _shape.Scopes.LoopOf(node) is null => new(
                WarningCodes.OutsideLoop,
                $"'{reference.Text}' exists inside the body of a loop only, and this node is in none.",
                CannotExist: true
            ),
            var root when Roots.TryGetValue(root, out var members) => reference.Steps.Count > 1
                ? MemberProblem(root, members, reference.Steps[1])
                : null,
            var name when Knows(node, name) || own.Contains(name) => null,
            "steps" => reference.Steps.Count > 1 ? NodeProblem(node, reference, "steps") : null,
            _ => BareProblem(node, reference, own),
        };

    /// <summary>Whether something of the graph is declared to have this bare name at the node.</summary>
    public bool Knows(NodeId node, string name) =>
        Roots.ContainsKey(name) || _variables.Contains(name) || _triggerFields.Contains(name) || BodyNames(node).Contains(name);

    /// <summary>The name with a dash in it that is meant where the language reads a minus sign; null if there is none.</summary>
    public string? Dashed(NodeId node, NameReference reference) =>
        reference.Steps switch
        {
            ["nodes" or "steps", _] => reference.Dashed.LastOrDefault(_nodes.ContainsKey),
            ["variables", _] or [_] => reference.Dashed.LastOrDefault(name => _variables.Contains(name) || BodyNames(node).Contains(name)),
            _ => null,
        };

    /// <summary>The variables that a node sets, with the field that names each, as far as the names are constants.</summary>
    public static IEnumerable<(string Field, string Name)> SetBy(NodeDefinition node, ActivityDescriptor descriptor)
    {
        foreach (var field in descriptor.VariablesFrom)
        {
            if (!node.Config.TryGetProperty(field, out var value))
            {
                continue;
            }

            // A node with effects on variables sets those of the community, which are read as env.
            if (value.ValueKind == JsonValueKind.Object && (descriptor.EffectsWhen is null || !descriptor.HasEffectsWith(node.Config)))
            {
                foreach (var one in value.EnumerateObject())
                {
                    yield return (field, JsonAccess.Name(one));
                }
            }
            else if (value.ValueKind == JsonValueKind.String && !IsTemplate(value) && !value.ValueEquals(""))
            {
                yield return (field, JsonAccess.Text(value));
            }
        }
    }

    private static bool IsTemplate(JsonElement value) => JsonAccess.Text(value).Contains("{{", StringComparison.Ordinal);

    private void AddVariables(NodeDefinition node, ActivityDescriptor descriptor)
    {
        _variables.UnionWith(SetBy(node, descriptor).Select(one => one.Name));
        _variablesAreOpen |= descriptor.VariablesFrom.Any(field =>
            node.Config.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && IsTemplate(value)
        );
    }

    private void AddBody(NodeDefinition node, ActivityDescriptor descriptor)
    {
        if (descriptor.IsLoop)
        {
            _bodies[node.Id] =
            [
                .. descriptor.BodyNames.Select(name =>
                    name.Field is not null && node.Config.TryGetProperty(name.Field, out var given) && given.ValueKind == JsonValueKind.String
                        ? JsonAccess.Text(given)
                        : name.Default
                ),
            ];
        }
    }

    private void AddTrigger(NodeDefinition node, ActivityDescriptor descriptor)
    {
        if (!descriptor.IsTrigger || !node.Enabled)
        {
            return;
        }

        var schema =
            descriptor.InputSchemaIn is { } field && node.Config.TryGetProperty(field, out var given) && given.ValueKind == JsonValueKind.Object
                ? given
                : default;
        var isOpen = descriptor.TriggerFields.Count == 0 && !IsClosed(schema);
        _triggerFields.UnionWith(descriptor.TriggerFields);
        _triggerIsOpen |= isOpen;
        _fieldsAreOpen |= descriptor.PayloadField is not null || isOpen;
        _payloads.UnionWith(descriptor.PayloadField is { } payload ? [payload] : []);
        if (
            schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
        )
        {
            _triggerFields.UnionWith(properties.EnumerateObject().Select(JsonAccess.Name));
        }
    }

    // Whether nothing else can come with a start.
    private static bool IsClosed(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("additionalProperties", out var others)
        && others.ValueKind == JsonValueKind.False;

    /// <summary>The names that a loop gives to its entries and their numbers; none for other nodes.</summary>
    public IReadOnlyList<string> BodyOf(NodeId node) => _bodies.GetValueOrDefault(node, []);

    private IEnumerable<string> BodyNames(NodeId node)
    {
        for (var loop = _shape.Scopes.LoopOf(node); loop is not null; loop = _shape.Scopes.LoopOf(loop.Value))
        {
            foreach (var name in _bodies.GetValueOrDefault(loop.Value, []))
            {
                yield return name;
            }
        }
    }

    private NameProblem? NodeProblem(NodeId node, NameReference reference, string root)
    {
        var (named, steps) = (new NodeId(reference.Steps[1]), reference.Steps);
        if (!_nodes.ContainsKey(named.Value))
        {
            var near = _labels.GetValueOrDefault(named.Value) ?? Nearest(named.Value, _nodes.Keys);
            var instead = near is null ? null : NameReference.Write([root, near, .. steps.Skip(2)]);
            return new(WarningCodes.UnknownNode, $"There is no node '{named}'.{Write(instead)}", instead, CannotExist: true);
        }

        if (steps.Count > 2 && steps[2] != "output" && root == "nodes")
        {
            var instead = NameReference.Write(
                Nearest(steps[2], ["output"]) is null
                    ? [root, named.Value, "output", .. steps.Skip(2)]
                    : [root, named.Value, "output", .. steps.Skip(3)]
            );
            return new(WarningCodes.UnknownMember, $"Of a node only its output can be read.{Write(instead)}", instead, CannotExist: true);
        }

        if (named == node)
        {
            return new(WarningCodes.LaterNode, $"'{reference.Text}' is what this node itself puts out: it has not run yet.");
        }

        if (!SeesScopeOf(node, named))
        {
            var loop = _shape.Scopes.LoopOf(named)!.Value.Value;
            return new(
                WarningCodes.InsideLoop,
                $"Node '{named}' is in the body of loop '{loop}', whose outputs are not seen outside of it. Set a variable there, or let the loop "
                    + $"collect its results and read {NameReference.Write(["nodes", loop, "output", "results"])}."
            );
        }

        return Leads(named, node) ? null
            : Leads(node, named)
                ? new(WarningCodes.LaterNode, $"Node '{named}' comes after this node: it has not run when '{reference.Text}' is read.")
            : reference.IsOptional ? null
            : new(
                WarningCodes.LaterNode,
                $"Node '{named}' does not lead to this node, so it need not have run. Connect it, or write "
                    + $"{NameReference.Write([root, named.Value])}?.output if it may be missing."
            );
    }

    private NameProblem? VariableProblem(NodeId node, string name)
    {
        if (_variables.Contains(name) || BodyNames(node).Contains(name))
        {
            return null;
        }

        var near = Nearest(name, _variables.Concat(BodyNames(node)));
        var instead = near is null ? null : NameReference.Write(["variables", near]);
        return near is null && (_variablesAreOpen || _fieldsAreOpen)
            ? null
            : new(
                WarningCodes.UnknownName,
                "Nothing in this workflow sets the variable "
                    + $"'{name}'.{Write(instead) ?? " Give it a first value in global_variables if a caller sets it."}",
                instead,
                CannotExist: !_variablesAreOpen && !_fieldsAreOpen
            );
    }

    private NameProblem? TriggerProblem(string name)
    {
        if (_triggerFields.Count == 0 || _triggerFields.Contains(name))
        {
            return null;
        }

        var near = Nearest(name, _triggerFields);
        var instead =
            near is not null ? NameReference.Write(["trigger", near])
            : _payloads.Count > 0 ? NameReference.Write(["trigger", _payloads.First(), name])
            : null;
        return near is null && _triggerIsOpen
            ? null
            : new(
                WarningCodes.UnknownMember,
                $"The trigger puts out no '{name}', but {string.Join(", ", _triggerFields)}.{Write(instead)}",
                instead,
                CannotExist: !_fieldsAreOpen
            );
    }

    private NameProblem? MemberProblem(string root, IReadOnlyList<string> members, string name)
    {
        if (members.Count == 0 || members.Contains(name))
        {
            return null;
        }

        var instead = Nearest(name, members) is { } near ? $"{root}.{near}" : null;
        return new(
            WarningCodes.UnknownMember,
            $"'{root}' has no '{name}', but {string.Join(" and ", members)}.{Write(instead)}",
            instead,
            CannotExist: true
        );
    }

    private NameProblem? BareProblem(NodeId node, NameReference reference, IReadOnlyList<string> own)
    {
        var name = reference.Steps[0];
        if (_bodies.Values.Any(names => names.Contains(name)))
        {
            return new(
                WarningCodes.OutsideLoop,
                $"'{name}' exists inside the body of a loop only, and this node is not in it.",
                CannotExist: !_variablesAreOpen && !_fieldsAreOpen
            );
        }

        var near = Nearest(name, [.. _variables, .. BodyNames(node), .. own, .. _triggerFields, .. Roots.Keys, "steps"]);
        var isOpen = _variablesAreOpen || _fieldsAreOpen;
        return isOpen && (near is null || (MayBothExist(name, near) && !IsMemberOfOneOfOurs(reference, near)))
            ? null
            : new(
                WarningCodes.UnknownName,
                isOpen
                    ? $"Nothing in this workflow is called '{name}': it can only come with what is sent.{Write(near)}"
                    : "Nothing in this workflow is called "
                        + $"'{name}'.{Write(near) ?? " Give it a first value in global_variables if a caller sets it."}",
                near,
                CannotExist: !isOpen
            );
    }

    private string? Nearest(string name, IEnumerable<string> names) =>
        Interlocked.Increment(ref _searches) > MostSearches ? null : NearestName.To(name, names);

    // Outputs are seen from the scope itself and from those inside it.
    private bool SeesScopeOf(NodeId node, NodeId named)
    {
        var scope = _shape.Scopes.LoopOf(named);
        for (var loop = _shape.Scopes.LoopOf(node); loop is not null; loop = _shape.Scopes.LoopOf(loop.Value))
        {
            if (loop == scope)
            {
                return true;
            }
        }

        return scope is null;
    }

    private bool Leads(NodeId from, NodeId to)
    {
        var reached = _reached.GetOrAdd(
            from,
            start =>
            {
                var places = new BitArray(_nodes.Count);
                foreach (var node in _shape.ReachedFrom([start]))
                {
                    places[_nodes[node.Value]] = true;
                }

                return places;
            }
        );
        return reached[_nodes[to.Value]];
    }

    // One and many, first and second: that is no slip.
    private static bool MayBothExist(string one, string other) =>
        Stem(one) == Stem(other) && !string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    // A payload may have a field named node, but a member of it (node.a) is most likely a slip for nodes.a.
    private bool IsMemberOfOneOfOurs(NameReference reference, string near) =>
        reference.Steps.Count > 1 && (Roots.ContainsKey(near) || near == "steps" || _triggerFields.Contains(near));

    private static string Stem(string name) => string.Concat(name.Where(letter => !char.IsDigit(letter))).TrimEnd('s');

    private static string? Write(string? instead) => instead is null ? null : $" Write {instead}.";
}
