using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// Told of places where branches waited that were cancelled while their execution goes on: what they waited for is not wanted any more.
/// </summary>
public interface IDroppedWaits
{
    /// <summary>Comes after the cancelling is stored, and again each time that the execution is loaded: doing it twice must change nothing.</summary>
    /// <param name="bookmarks">None of them is or will be open.</param>
    Task DroppedAsync(ExecutionRef execution, IReadOnlyCollection<BookmarkId> bookmarks, CancellationToken ct);
}
