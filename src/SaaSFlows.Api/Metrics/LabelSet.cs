using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace SaaSFlows.Api.Metrics;

/// <summary>The labels of one series: kept as the values that came with the first measurement, and as text.</summary>
internal sealed record LabelSet(KeyValuePair<string, object?>[] Tags)
{
    public string Text { get; } = Format(Tags);

    private static string Format(KeyValuePair<string, object?>[] tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(PrometheusText.Name(name)).Append("=\"");
            text.Append(
                Convert
                    .ToString(value, CultureInfo.InvariantCulture)!
                    .Replace("\\", @"\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal)
            );
            text.Append('"');
        }

        return text.ToString();
    }
}

/// <summary>
/// Finds a series by the tags of a measurement, without allocating. Tags that are not in <paramref name="kept"/> are not looked at: what they say is
/// no label.
/// </summary>
internal sealed class LabelComparer(string[] kept)
    : IEqualityComparer<LabelSet>,
        IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
{
    private readonly FrozenSet<string> _kept = kept.ToFrozenSet(StringComparer.Ordinal);

    public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var tags = new List<KeyValuePair<string, object?>>();
        foreach (var name in kept)
        {
            if (Find(alternate, name) is { } value)
            {
                tags.Add(new(name, value));
            }
        }

        return new([.. tags]);
    }

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other)
    {
        var same = 0;
        foreach (var (name, value) in alternate)
        {
            if (value is not null && _kept.Contains(name))
            {
                if (!value.Equals(Find(other.Tags, name)))
                {
                    return false;
                }

                same++;
            }
        }

        return same == other.Tags.Length;
    }

    public bool Equals(LabelSet? x, LabelSet? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.Tags, y));

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        // In whatever order they come.
        var hash = 0;
        foreach (var (name, value) in alternate)
        {
            if (value is not null && _kept.Contains(name))
            {
                hash += HashCode.Combine(name, value);
            }
        }

        return hash;
    }

    public int GetHashCode([DisallowNull] LabelSet obj) => GetHashCode(obj.Tags);

    private static object? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (string.Equals(tag.Key, name, StringComparison.Ordinal))
            {
                return tag.Value;
            }
        }

        return null;
    }
}
