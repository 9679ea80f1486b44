using System.Diagnostics;

namespace SaaSFlows.TestKit;

/// <summary>Waits for a condition with a deadline: the only place of the tests that may wait for time to pass.</summary>
public static class Eventually
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <paramref name="deadline"/> (real time).</exception>
    public static async Task True(Func<Task<bool>> condition, TimeSpan deadline, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > deadline)
            {
                throw new TimeoutException($"The condition did not hold within {deadline}.");
            }

            await Task.Delay(_poll, ct);
        }
    }

    /// <inheritdoc cref="True(Func{Task{bool}}, TimeSpan, CancellationToken)"/>
    public static Task True(Func<bool> condition, TimeSpan deadline, CancellationToken ct) => True(() => Task.FromResult(condition()), deadline, ct);
}
