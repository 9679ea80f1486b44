using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Views;

/// <summary>Says in words what happened to a node: nobody should have to guess from a status why a node stands where it stands.</summary>
internal static class EventWords
{
    /// <summary>Of a node that the end of others ended.</summary>
    public const string Cancelled = "Cancelled before it was done.";

    /// <summary>Of a node that an execution did not get to because it failed or was cancelled.</summary>
    public const string EndedBefore = "Not reached: the execution ended before.";

    /// <summary>
    /// What the node wrote with the event; if it wrote nothing, what the event means. Empty for steps that are nothing by themselves.
    /// </summary>
    public static IReadOnlyList<string> Of(in Fact fact) =>
        fact.Body switch
        {
            EventBody.Completed body => Or(body.Logs, body.Port is { } port ? $"Done. Goes on by '{port}'." : "Done. The branch ends here."),
            EventBody.Failed body => Or(body.Logs, $"Failed with {Text(body.Error, "code")}: {Text(body.Error, "message")} {After(body)}"),
            EventBody.Suspended body => Or(body.Logs, Waiting(body)),
            EventBody.LoopStarted body => Or(
                body.Logs,
                body.Items.ValueKind == JsonValueKind.Array ? $"Begins: {body.Items.GetArrayLength()} entries." : "Begins."
            ),
            EventBody.IterationStarted body => body.Logs,
            EventBody.Stimulated body => [body.Kind == BookmarkKinds.Due ? "Goes on: the time has come." : "Goes on: what it waited for has come."],
            EventBody.Skipped => ["Passed through: the node is disabled."],
            _ => fact.Kind == JournalEventKind.TokenAbsorbed ? ["A token that came after the merge ran was absorbed."] : [],
        };

    /// <summary>The node, its log not empty.</summary>
    public static NodeView Worded(NodeView view) => view.Logs.Count > 0 ? view : view with { Logs = [Standing(view)] };

    private static string Standing(NodeView view) =>
        view.Status switch
        {
            NodeStatus.Pending => "Not reached yet.",
            NodeStatus.Running => string.Create(CultureInfo.InvariantCulture, $"Runs: try {view.Attempt}."),
            NodeStatus.Waiting => "Waits.",
            NodeStatus.Completed => "Done.",
            NodeStatus.Failed => "Failed.",
            NodeStatus.Skipped => "Not reached: the execution took another way.",
            NodeStatus.Cancelled => Cancelled,
        };

    private static string After(EventBody.Failed body) =>
        body.Next switch
        {
            AfterFailure.Retry => $"It is tried again at {Time(body.RetryAt)}.",
            AfterFailure.ErrorPort => "Goes on by 'error'.",
            AfterFailure.Continue => "The workflow goes on.",
            AfterFailure.Fail => "The execution fails.",
        };

    private static string Waiting(EventBody.Suspended body) =>
        (body.Key, body.Due) switch
        {
            (null, { } due) => $"Waits until {Time(due)}.",
            (null, null) => $"Waits ({body.Kind}).",
            ({ } key, { } due) => $"Waits for {body.Kind} {key}, until {Time(due)}.",
            ({ } key, null) => $"Waits for {body.Kind} {key}.",
        };

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "once";

    private static IReadOnlyList<string> Or(IReadOnlyList<string> logs, string words) => logs.Count > 0 ? logs : [words];

    private static string Text(JsonElement error, string name) => error.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
