using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>What others than the engine write into journals and inboxes.</summary>
public static class JournalBodies
{
    /// <summary>The first event of an execution.</summary>
    /// <param name="input">What started it: the trigger node's input.</param>
    /// <param name="variables">An object laid over the workflow's global variables; undefined for none.</param>
    /// <param name="env">An object captured at the start; undefined for none.</param>
    /// <param name="metadata">An object kept with the execution; undefined for none.</param>
    /// <param name="at">Kept to the microsecond.</param>
    /// <param name="place">What the graph asks for of where the execution runs (<see cref="Graphs.StartEnvironment.Places"/>); undefined for
    /// nothing.</param>
    public static JournalEvent Started(
        NodeId trigger,
        JsonElement input,
        JsonElement variables,
        JsonElement env,
        JsonElement metadata,
        DateTimeOffset at,
        JsonElement place = default
    ) =>
        new(
            1,
            JournalEventKind.ExecutionStarted,
            trigger,
            "",
            0,
            0,
            0,
            ToMicroseconds(at),
            Write(new EventBody.Started(trigger.Value, input, variables, env, metadata) { Place = place })
        );

    /// <summary>The node that an execution with this first event begins at if it is not the trigger node; else null.</summary>
    public static NodeId? BeginsAt(JournalEvent first) => ((EventBody.Started)EventBodyReader.Read(first).Body!).Seed?.At;

    /// <summary>The body of a <see cref="InboxFactKind.Cancel"/> fact.</summary>
    /// <param name="by">Who asked, for people to read.</param>
    public static byte[] Cancel(string by, string? reason) => Write(new EventBody.CancelRequested(by, reason));

    /// <summary>The same time to the precision that journals keep.</summary>
    public static DateTimeOffset ToMicroseconds(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    internal static byte[] Write(EventBody body)
    {
        using var scratch = JsonScratch.Rent();
        EventBodyWriter.Write(scratch.Writer, body);
        return scratch.Written.ToArray();
    }
}
