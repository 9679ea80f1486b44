using SaaSFlows.Engine.Views;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>An update for a reader of live logs. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record LiveUpdate
{
    // Private, so the nested cases below are the whole family.
    private LiveUpdate() { }

    public T Match<T>(Func<Changed, T> changed, Func<FellBehind, T> fellBehind, Func<NoRoom, T> noRoom) =>
        this switch
        {
            Changed update => changed(update),
            FellBehind update => fellBehind(update),
            NoRoom update => noRoom(update),
            _ => throw new InvalidOperationException("The family of updates is closed."),
        };

    /// <summary>Something changed in the execution.</summary>
    /// <param name="IsLastOfEvent">Whether this is the last change of its journal event. Only then a reader can resume after it.</param>
    public sealed record Changed(ExecutionChange Change, bool IsLastOfEvent) : LiveUpdate;

    /// <summary>The last update: the reader was too slow and can connect again.</summary>
    /// <param name="ResumeAfter">The event to resume after.</param>
    public sealed record FellBehind(long ResumeAfter) : LiveUpdate;

    /// <summary>The last update: the followed executions take all the memory of the tenant.</summary>
    /// <param name="ResumeAfter">The event to go on after.</param>
    public sealed record NoRoom(long ResumeAfter) : LiveUpdate;
}
