using System.Collections.Concurrent;
using Npgsql;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class GroupWriterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_is_written_together_a_key_once_per_batch_and_in_order()
    {
        var (gate, batches) = (new TaskCompletionSource(), new ConcurrentQueue<IReadOnlyList<(Guid Key, int Number)>>());
        await using var writer = new GroupWriter<(Guid Key, int Number), int>(
            async rows =>
            {
                batches.Enqueue(rows);
                await gate.Task;
                return [.. rows.Select(r => r.Number)];
            },
            row => row.Key,
            1
        );
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var writes = new List<Task<int>> { writer.WriteAsync((first, 0), Ct) };
        writes.AddRange(Enumerable.Range(1, 5).Select(n => writer.WriteAsync((n % 2 == 0 ? first : second, n), Ct)));
        gate.SetResult();

        var verdicts = await Task.WhenAll(writes);
        Assert.Equal([0, 1, 2, 3, 4, 5], verdicts);
        Assert.All(batches, rows => Assert.Equal(rows.Count, rows.DistinctBy(r => r.Key).Count()));
        Assert.Equal([0, 2, 4], batches.SelectMany(b => b).Where(r => r.Key == first).Select(r => r.Number));
        Assert.Equal([1, 3, 5], batches.SelectMany(b => b).Where(r => r.Key == second).Select(r => r.Number));
        Assert.InRange(batches.Count, 3, 5);
    }

    [Fact]
    public async Task Poisoned_row_fails_alone()
    {
        await using var writer = new GroupWriter<int, int>(
            rows => rows.Contains(66) ? throw new InvalidOperationException("poison") : Task.FromResult<IReadOnlyList<int>>([.. rows]),
            _ => Guid.NewGuid(),
            2
        );
        var writes = Enumerable.Range(0, 200).Select(n => writer.WriteAsync(n, Ct)).ToList();
        await Assert.ThrowsAsync<InvalidOperationException>(() => writes[66]);
        writes.RemoveAt(66);
        Assert.Equal(199, (await Task.WhenAll(writes)).Length);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Write_that_had_to_give_way_is_tried_again(string sqlState)
    {
        var tries = 0;
        await using var writer = new GroupWriter<int, int>(
            rows =>
                ++tries < 4 ? throw new PostgresException("give way", "ERROR", "ERROR", sqlState) : Task.FromResult<IReadOnlyList<int>>([.. rows]),
            _ => Guid.NewGuid(),
            1
        );
        Assert.Equal(7, await writer.WriteAsync(7, Ct));
        Assert.Equal(4, tries);
    }

    [Fact]
    public async Task Broken_connection_is_told_to_all_and_tried_again_by_none()
    {
        var (gate, tries) = (new TaskCompletionSource(), 0);
        await using var writer = new GroupWriter<int, int>(
            async _ =>
            {
                tries++;
                await gate.Task;
                throw new NpgsqlException("broken");
            },
            _ => Guid.NewGuid(),
            1
        );
        var writes = Enumerable.Range(0, 50).Select(n => writer.WriteAsync(n, Ct)).ToList();
        gate.SetResult();
        foreach (var write in writes)
        {
            await Assert.ThrowsAsync<NpgsqlException>(() => write);
        }

        Assert.InRange(tries, 1, 2);
    }

    [Fact]
    public async Task Shutdown_writes_what_waits_and_refuses_what_comes_later()
    {
        var gate = new TaskCompletionSource();
        var writer = new GroupWriter<int, int>(
            async rows =>
            {
                await gate.Task;
                return [.. rows];
            },
            _ => Guid.NewGuid(),
            2
        );
        var writes = Enumerable.Range(0, 300).Select(n => writer.WriteAsync(n, Ct)).ToList();
        var closing = writer.DisposeAsync();
        gate.SetResult();
        await closing;
        Assert.Equal(Enumerable.Range(0, 300), await Task.WhenAll(writes));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.WriteAsync(1, Ct));
    }

    [Fact]
    public async Task Rows_without_a_key_go_to_a_second_writer_once_the_first_has_a_whole_batch()
    {
        var (gate, sizes) = (new TaskCompletionSource(), new ConcurrentQueue<int>());
        await using var writer = new GroupWriter<int, int>(
            async rows =>
            {
                sizes.Enqueue(rows.Count);
                await gate.Task;
                return [.. rows];
            },
            key: null,
            writers: 2
        );

        var first = writer.WriteAsync(0, Ct);
        await Eventually.True(() => sizes.Count == 1, TimeSpan.FromSeconds(30), Ct);
        var others = Enumerable.Range(1, GroupWriter<int, int>.MaxBatch - 1).Select(n => writer.WriteAsync(n, Ct)).ToList();
        Assert.Single(sizes);
        var further = writer.WriteAsync(1_000, Ct);
        await Eventually.True(() => sizes.Count == 2, TimeSpan.FromSeconds(30), Ct);

        gate.SetResult();
        await Task.WhenAll([first, further, .. others]);
        Assert.Equal([1, 1, GroupWriter<int, int>.MaxBatch - 1], sizes);
    }
}
