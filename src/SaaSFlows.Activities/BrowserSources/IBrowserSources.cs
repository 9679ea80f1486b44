using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.BrowserSources;

/// <summary>Shows messages on the page of the channel that an execution belongs to.</summary>
public interface IBrowserSources
{
    /// <summary>
    /// Shows a message. A second call with the same key shows nothing and answers with the first one. Null if the channel has no page.
    /// </summary>
    ValueTask<ShownMessage?> ShowAsync(ExecutionRef execution, BrowserMessage message, string idempotencyKey, CancellationToken ct);
}

/// <summary>Something for the page.</summary>
/// <param name="SourceType">general, ticker or media.</param>
/// <param name="Action">display, update or clear.</param>
/// <param name="Content">Text; for media an address.</param>
/// <param name="DurationSeconds">0: until it is cleared or replaced.</param>
/// <param name="Priority">Of two at the same time the higher one is shown.</param>
public sealed record BrowserMessage(string SourceType, string Action, string Content, double DurationSeconds, int Priority);

/// <param name="Number">1, 2, 3, … within the page.</param>
public sealed record ShownMessage(long Number, DateTimeOffset At);
