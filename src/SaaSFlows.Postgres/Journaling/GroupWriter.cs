using System.Threading.Channels;
using Npgsql;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>
/// Writes whatever is waiting in one statement, without an artificial delay: under load batches grow by themselves. Each row gets its own
/// verdict, and a row that breaks the statement fails alone.
/// </summary>
internal sealed class GroupWriter<TRow, TVerdict> : IAsyncDisposable
{
    public const int MaxBatch = 128;
    private const int MaxTries = 8;

    private readonly Func<IReadOnlyList<TRow>, Task<IReadOnlyList<TVerdict>>> _write;
    private readonly Func<TRow, Guid>? _key;
    private readonly Channel<Waiting>[] _lanes;
    private readonly Task[] _loops;
    private int _pending;

    /// <param name="write">Writes all rows in one transaction; answers one verdict for each, in their order.</param>
    /// <param name="key">
    /// Rows of one key are written one after the other, in the order of their calls. Null where no row depends on another: then a further writer is
    /// used only while those before it have a whole batch each, because few large batches cost less than many small ones.
    /// </param>
    public GroupWriter(Func<IReadOnlyList<TRow>, Task<IReadOnlyList<TVerdict>>> write, Func<TRow, Guid>? key, int writers)
    {
        _write = write;
        _key = key;
        _lanes = [.. Enumerable.Range(0, writers).Select(_ => Channel.CreateUnbounded<Waiting>(new() { SingleReader = true }))];
        _loops = [.. _lanes.Select(lane => Task.Run(() => DrainAsync(lane.Reader)))];
    }

    /// <summary>Answers after the commit. A call that is cancelled may still be written.</summary>
    public async Task<TVerdict> WriteAsync(TRow row, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var waiting = new Waiting(row);
        var before = Interlocked.Increment(ref _pending) - 1;
        var lane = _key is null ? Math.Min(before / MaxBatch, _lanes.Length - 1) : (int)((uint)_key(row).GetHashCode() % (uint)_lanes.Length);
        try
        {
            return _lanes[lane].Writer.TryWrite(waiting)
                ? await waiting.Verdict.Task.WaitAsync(ct)
                : throw new ObjectDisposedException(nameof(GroupWriter<,>));
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Refuses new rows and writes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
        {
            lane.Writer.TryComplete();
        }

        await Task.WhenAll(_loops);
    }

    private async Task DrainAsync(ChannelReader<Waiting> reader)
    {
        var held = new Queue<Waiting>();
        while (held.Count > 0 || await reader.WaitToReadAsync())
        {
            await WriteAsync(TakeBatch(reader, held));
        }
    }

    // A second row of one key waits for the next batch: one statement can change a row of a table only once.
    private List<Waiting> TakeBatch(ChannelReader<Waiting> reader, Queue<Waiting> held)
    {
        var batch = new List<Waiting>();
        var keys = new HashSet<Guid>();
        for (var again = held.Count; again > 0; again--)
        {
            Take(held.Dequeue());
        }

        while (batch.Count < MaxBatch && held.Count < MaxBatch && reader.TryRead(out var waiting))
        {
            Take(waiting);
        }

        return batch;

        void Take(Waiting waiting)
        {
            if (batch.Count < MaxBatch && (_key is null || keys.Add(_key(waiting.Row))))
            {
                batch.Add(waiting);
            }
            else
            {
                held.Enqueue(waiting);
            }
        }
    }

    private async Task WriteAsync(List<Waiting> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var verdicts = await _write([.. batch.Select(w => w.Row)]);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Verdict.TrySetResult(verdicts[i]);
                }

                return;
            }
            catch (PostgresException e)
                when (attempt < MaxTries && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // The server chose us to give way: nothing was written.
            }
#pragma warning disable CA1031 // Whatever broke belongs to the callers; the loop serves the next ones.
            catch (Exception e)
#pragma warning restore CA1031
            {
                await IsolateAsync(batch, e);
                return;
            }
        }
    }

    // The halves go on alone until the poisoned row stands by itself.
    private async Task IsolateAsync(List<Waiting> batch, Exception error)
    {
        if (batch.Count == 1 || IsConnectionFailure(error))
        {
            batch.ForEach(w => w.Verdict.TrySetException(error));
            return;
        }

        await WriteAsync(batch[..(batch.Count / 2)]);
        await WriteAsync(batch[(batch.Count / 2)..]);
    }

    // No row is to blame, and whether it was committed is unknown: trying again is the callers' decision.
    private static bool IsConnectionFailure(Exception error) =>
        error switch
        {
            PostgresException e => e.SqlState[..2] is "08" or "53" or "57" or "58",
            NpgsqlException => true,
            _ => false,
        };

    private sealed record Waiting(TRow Row)
    {
        public TaskCompletionSource<TVerdict> Verdict { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
