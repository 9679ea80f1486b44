using System.Globalization;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Feed;

/// <summary>Something that changes and that others wait for. A signal says only that it changed: whoever gets one reads the database.</summary>
public readonly record struct FeedTopic
{
    // One letter for the kind, then the id.
    private FeedTopic(string text) => Text = text;

    /// <summary>Work may be available in the queue.</summary>
    public static FeedTopic Queue { get; } = new("q");

    /// <summary>An execution ended from whose end something follows.</summary>
    public static FeedTopic Endings { get; } = new("d");

    internal string Text { get; }

    /// <summary>An execution's journal has grown, or its status changed.</summary>
    public static FeedTopic Execution(ExecutionId id) => new($"e{id.Value:N}");

    /// <summary>A chat has a new message.</summary>
    public static FeedTopic Chat(EntityId id) => new($"c{id.Value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>An entity's page has a new message.</summary>
    public static FeedTopic BrowserSource(EntityId id) => new($"b{id.Value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A tenant has a new event.</summary>
    public static FeedTopic Events(TenantId id) => new($"v{id.Value:N}");

    internal static FeedTopic Parse(string text) => new(text);
}
