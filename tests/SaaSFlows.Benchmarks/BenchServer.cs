using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;

namespace SaaSFlows.Benchmarks;

/// <summary>
/// A durable PostgreSQL of the benchmarks' own, with the settings that the Host's has and those in BENCH_PG_SETTINGS (name=value;…).
/// </summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly EmbeddedPostgres _server;

    private BenchServer(EmbeddedPostgres server) => _server = server;

    public static string Root { get; } = RepositoryRoot.Find() ?? throw new InvalidOperationException("Benchmarks run in a checkout.");

    public static async Task<BenchServer> StartAsync()
    {
        var options = new EmbeddedPostgresOptions
        {
            BinariesDirectory = await EmbeddedBinaries.EnsureAsync(Root, Console.WriteLine, CancellationToken.None),
            DataDirectory = Path.Combine(Root, ".data", "benchmarks"),
            Settings = (Environment.GetEnvironmentVariable("BENCH_PG_SETTINGS") ?? "")
                .Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(setting => setting.Split('=', 2))
                .ToDictionary(setting => setting[0], setting => setting[1]),
        };
        return new(await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, CancellationToken.None));
    }

    public int Port => _server.Port;

    public string Admin(string database) => _server.AdminConnectionStringTo(database);

    public async Task RecreateAsync(string database)
    {
        await ExecuteAsync("postgres", $"drop database if exists {database} with (force)");
        await ExecuteAsync("postgres", $"create database {database}");
    }

    public async Task<bool> HasAsync(string database) =>
        await ScalarAsync<long>("postgres", $"select count(*) from pg_database where datname = '{database}'") == 1;

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Processor time of all its processes that live now.</summary>
    public async Task<TimeSpan> CpuAsync()
    {
        var ids = await ScalarAsync<int[]>("postgres", "select array_agg(pid) from pg_stat_activity");
        return ids.Aggregate(TimeSpan.Zero, (sum, id) => sum + Cpu(id));
    }

    /// <summary>Processor time of a process; zero once it has ended.</summary>
    public static TimeSpan Cpu(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return found.TotalProcessorTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <summary>Waits until nothing is queued; how long that took.</summary>
    public async Task<TimeSpan> QuietAsync(string database)
    {
        var start = Stopwatch.GetTimestamp();
        while (
            await ScalarAsync<long>(database, "select count(*) from engine.queue") > 0 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2)
        )
        {
            await Task.Delay(100);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Executions of the last hour that completed.</summary>
    public Task<long> EndedAsync(string database) =>
        ScalarAsync<long>(database, "select count(*) from engine.executions where status = 4 and id >= engine.uuid_at(now() - interval '1 hour')");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Admin(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
