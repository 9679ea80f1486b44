using System.Buffers;
using System.Globalization;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Warns about names in configurations that stand for nothing, or for something else than it seems.</summary>
internal sealed class NameWarnings(GraphNames names, GraphFindings findings)
{
    // A definition is large enough for a hundred thousand wrong names: nobody reads them, and each costs a search.
    private const int Most = 200;

    private static readonly SearchValues<char> Symbols = SearchValues.Create(" +*/[]()'\"=<>!&|?");

    private int _found;

    public void Check(
        NodeDefinition node,
        ActivityDescriptor descriptor,
        IEnumerable<NameReference> references,
        IReadOnlyList<ConfigSchemaName> lookups
    )
    {
        var dashed = new Dictionary<(string Path, int Position), NameReference?>();
        var isFirst = new HashSet<(string, string)>();
        foreach (var reference in references)
        {
            if (_found > Most)
            {
                return;
            }

            var problem = Problem(node.Id, reference, descriptor.OwnNames, dashed);
            if (problem is not null && isFirst.Add((reference.Path, problem.Message)))
            {
                Add(node.Id, reference.Path, problem.Code == WarningCodes.Dash ? reference.After ?? reference.Position : reference.Position, problem);
            }
        }

        if (descriptor.EffectsWhen is not null && descriptor.HasEffectsWith(node.Config))
        {
            // Its names are those of global variables.
            return;
        }

        foreach (var (field, name) in GraphNames.SetBy(node, descriptor))
        {
            if (VariableName.Problem(name) is { } problem)
            {
                findings.Add(node.Id, $"'{field}': {problem}");
            }
        }

        foreach (var name in names.BodyOf(node.Id).Where(VariableName.IsReserved))
        {
            Add(node.Id, "", null, Hidden(name, "loop.item or loop.index"));
        }

        foreach (var lookup in lookups.TakeWhile(_ => _found <= Most))
        {
            if (Lookup(node.Id, descriptor, lookup) is { } problem)
            {
                Add(node.Id, lookup.Path, null, problem);
            }
        }
    }

    /// <summary>Warns about variables of the workflow that their names alone do not read.</summary>
    public void Check(IEnumerable<string> variables)
    {
        foreach (var name in variables.Where(VariableName.IsReserved))
        {
            var problem = Hidden(name, NameReference.Write(["variables", name]));
            findings.Warnings.Add(new(problem.Code, $"global_variables: {problem.Message}") { Field = "global_variables" });
        }
    }

    private static NameProblem Hidden(string name, string instead) =>
        new(WarningCodes.Reserved, $"'{name}' is a reserved name, so this value can only be read as {instead}. Give it another name.");

    private NameProblem? Lookup(NodeId node, ActivityDescriptor descriptor, ConfigSchemaName lookup)
    {
        var problem = names.Problem(node, new(lookup.Name.Split('.'), lookup.Path, 0), descriptor.OwnNames);
        return problem is { Suggestion: null } && LooksComputed(lookup.Name)
                ? new(
                    problem.Code,
                    $"'{lookup.Name}' is read as one name. Write {{{{ {lookup.Name} }}}} if it is an expression.",
                    $"{{{{ {lookup.Name} }}}}"
                )
            : lookup.MayBeMissing && problem is { Suggestion: null } ? null
            : problem;
    }

    private static bool LooksComputed(string name) => name.AsSpan().ContainsAny(Symbols);

    /// <param name="dashed">Names with a dash after them, by their place; null once a name with that dash was told.</param>
    private NameProblem? Problem(
        NodeId node,
        NameReference reference,
        IReadOnlyList<string> own,
        Dictionary<(string Path, int Position), NameReference?> dashed
    )
    {
        var place = (reference.Path, reference.After ?? reference.Position);
        if (reference.Dashed.Count > 0)
        {
            dashed[place] = reference;
            if (names.Dashed(node, reference) is { } meant)
            {
                dashed[place] = null;
                return Minus(reference, meant);
            }
        }
        else if (reference.After is not null)
        {
            if (dashed.GetValueOrDefault(place) is not { } left)
            {
                return null;
            }

            // Nothing has the name right after the dash: a field with a dash in its name is meant, such as headers.content-type.
            if (left.Steps.Count > 1 && !names.Knows(node, reference.Steps[0]))
            {
                dashed[place] = null;
                return Minus(left, $"{left.Steps[^1]}-{reference.Steps[0]}");
            }
        }

        return names.Problem(node, reference, own);
    }

    private static NameProblem Minus(NameReference reference, string meant)
    {
        var instead =
            reference.Steps.Count > 1 ? NameReference.Write([.. reference.Steps.SkipLast(1), meant]) : NameReference.Write(["variables", meant]);
        return new(WarningCodes.Dash, $"The dash in '{meant}' is read as a minus sign. Write {instead}.", instead);
    }

    private void Add(NodeId node, string field, int? position, NameProblem problem)
    {
        if (++_found > Most)
        {
            findings.Warnings.Add(
                new(
                    WarningCodes.TooManyNames,
                    string.Create(CultureInfo.InvariantCulture, $"More than {Most} names are unknown. The others are not listed.")
                )
            );
            return;
        }

        findings.Warn(
            new(problem.Code, field.Length == 0 ? problem.Message : $"{field}: {problem.Message}")
            {
                Field = field,
                Position = position,
                Suggestion = problem.Suggestion,
            },
            node
        );
    }
}
