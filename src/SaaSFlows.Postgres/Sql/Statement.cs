using System.Text.RegularExpressions;

namespace SaaSFlows.Postgres.Sql;

/// <summary>A statement in a resource whose parameters have names (<c>:input</c>). The server gets them by numbers.</summary>
internal sealed partial class Statement
{
    private readonly Dictionary<string, int> _places = [];

    public Statement(string text) => Text = Name().Replace(text, parameter => $"${Place(parameter.Groups["name"].Value)}");

    /// <summary>What the server gets.</summary>
    public string Text { get; }

    /// <summary>The place of each parameter, from 1.</summary>
    public IReadOnlyDictionary<string, int> Places => _places;

    /// <summary>The statement <c>name.sql</c> in the folder of <paramref name="neighbour"/>.</summary>
    public static Statement Load(Type neighbour, string name) => new(SqlText.Load(neighbour, name));

    private int Place(string name)
    {
        _places.TryAdd(name, _places.Count + 1);
        return _places[name];
    }

    // Not the type of a cast (::uuid), and not an end of a word.
    [GeneratedRegex("(?<![:\\w]):(?<name>[a-z_][a-z_0-9]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
