using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Graphs;

/// <summary>All activities by type and alias. Immutable.</summary>
public sealed class ActivityCatalogue
{
    private readonly FrozenDictionary<string, IActivity> _byName;

    /// <exception cref="ArgumentException">Two activities claim one name.</exception>
    public ActivityCatalogue(IEnumerable<IActivity> activities)
    {
        var byName = new Dictionary<string, IActivity>(StringComparer.Ordinal);
        foreach (var activity in activities)
        {
            byName.Add(activity.Descriptor.Type, activity);
            foreach (var alias in activity.Descriptor.TypeAliases)
            {
                byName.Add(alias, activity);
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        Descriptors =
        [
            .. byName.Values.Distinct().Select(activity => activity.Descriptor).OrderBy(descriptor => descriptor.Type, StringComparer.Ordinal),
        ];
    }

    /// <summary>Every activity once, by type.</summary>
    public IReadOnlyList<ActivityDescriptor> Descriptors { get; }

    /// <summary>Finds an activity by its type or an alias.</summary>
    public bool TryFind(string type, [NotNullWhen(true)] out IActivity? activity) => _byName.TryGetValue(type, out activity);
}
