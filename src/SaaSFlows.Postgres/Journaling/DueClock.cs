namespace SaaSFlows.Postgres.Journaling;

/// <summary>Tells the claimer of due rows that this process wrote a bookmark due soon, so that a short wait is not rounded up to a poll.</summary>
internal sealed class DueClock(TimeProvider clock)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private volatile TaskCompletionSource _changed = NewSignal();

    /// <summary>Completes when a bookmark due soon was written after this was read.</summary>
    public Task Changed
    {
        get
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = NewSignal();
            }

            return _changed.Task;
        }
    }

    public void Expect(DateTimeOffset? due)
    {
        if (due - clock.GetUtcNow() < Soon)
        {
            _changed.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
