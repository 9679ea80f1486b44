using System.Collections;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Running;

/// <summary>An object of the scope whose members are looked up when an expression asks for them, instead of being copied for each node run.</summary>
/// <param name="find">The member; null if there is none.</param>
internal sealed class ScopeMembers(IEnumerable<string> names, Func<string, ExpressionValue?> find) : IReadOnlyDictionary<string, ExpressionValue>
{
    public IEnumerable<string> Keys => names.Where(ContainsKey);

    public IEnumerable<ExpressionValue> Values => Keys.Select(name => this[name]);

    public int Count => Keys.Count();

    public ExpressionValue this[string key] => find(key) ?? throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => find(key) is not null;

    public bool TryGetValue(string key, out ExpressionValue value)
    {
        var found = find(key);
        value = found ?? default;
        return found is not null;
    }

    public IEnumerator<KeyValuePair<string, ExpressionValue>> GetEnumerator() =>
        Keys.Select(name => KeyValuePair.Create(name, this[name])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
