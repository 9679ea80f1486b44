using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Health;

/// <summary>
/// Asks the database twice a second whether it answers, on a connection of its own. So requests can be refused at once while it is away, and an
/// outage is logged once, here, and not by everybody who notices it.
/// </summary>
public sealed partial class DatabasePulse : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerOnTheWay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(10);
    private readonly NpgsqlDataSource _signals;
    private readonly DatabasePulseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private volatile CancellationTokenSource _answering = new();
    private NpgsqlConnection? _connection;
    private Exception? _suspicion;
    private long _awaySince;
    private long _warnedAt;
    private long _heldBack;

    internal DatabasePulse(PostgresPools pools, DatabasePulseOptions options, TimeProvider clock, ILogger<DatabasePulse> logger) =>
        (_signals, _options, _clock, _logger) = (pools.Signals.Source, options, clock, logger);

    /// <summary>Cancelled as long as the database does not answer.</summary>
    public CancellationToken WhileAnswering => _answering.Token;

    /// <summary>
    /// Whether the outage that there is, or one that is about to be noticed, explains an error. Where the database answers, only lost connections
    /// are; a statement that takes too long is its own fault. Safe to call for every one of thousands.
    /// </summary>
    public bool Explains(Exception error)
    {
        if (!WhileAnswering.IsCancellationRequested && IsTimeout(error))
        {
            return false;
        }

        Interlocked.Increment(ref _heldBack);
        Interlocked.CompareExchange(ref _suspicion, error, null);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _connection?.Dispose();
        _answering.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, _clock);
        try
        {
            do
            {
                Note(await AskAsync(stoppingToken));
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static bool IsTimeout(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is TimeoutException)
            {
                return true;
            }
        }

        return false;
    }

    private void Note(string? fault)
    {
        if (fault is null)
        {
            Answers();
        }
        else if (!WhileAnswering.IsCancellationRequested)
        {
            _awaySince = _clock.GetTimestamp();
            Log.Away(_logger, fault);
            // Whoever waits for it does not hold up the pulse.
            _ = _answering.CancelAsync();
        }
    }

    private void Answers()
    {
        var suspicion = Interlocked.Exchange(ref _suspicion, null);
        if (WhileAnswering.IsCancellationRequested)
        {
            _answering = new();
            Log.Back(_logger, (long)_clock.GetElapsedTime(_awaySince).TotalSeconds, Interlocked.Exchange(ref _heldBack, 0));
        }
        else if (suspicion is not null && (_warnedAt == 0 || _clock.GetElapsedTime(_warnedAt) >= BetweenWarnings))
        {
            _warnedAt = _clock.GetTimestamp();
            Log.Broken(_logger, Interlocked.Exchange(ref _heldBack, 0), suspicion.Message);
        }
    }

    /// <summary>Null if it answers, else what is wrong.</summary>
    private async Task<string?> AskAsync(CancellationToken ct)
    {
        var (start, isNew) = (_clock.GetTimestamp(), _connection is null);
        var connection = _connection ??= _signals.CreateConnection();
        var first = PingAsync(connection);
        if (await FaultAsync(first, isNew ? _options.Patience : _options.Patience / 2, ct) is not { } fault)
        {
            return null;
        }

        Abandon(connection, first);
        _connection = null;
        if (isNew)
        {
            return fault;
        }

        // A connection that was cut or leads nowhere says nothing about the server: a new one is asked too, in what is left of the time.
        connection = _signals.CreateConnection();
        var second = PingAsync(connection);
        var left = _options.Patience - _clock.GetElapsedTime(start);
        var either = await FaultAsync(EitherAsync(first, second), left > AnswerOnTheWay ? left : AnswerOnTheWay, ct);
        if (second.IsCompletedSuccessfully)
        {
            _connection = connection;
        }
        else
        {
            Abandon(connection, second);
        }

        return either;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the reason: it does not answer.")]
    private async Task<string?> FaultAsync(Task asking, TimeSpan patience, CancellationToken ct)
    {
        try
        {
            await WaitAsync(asking, patience, ct);
            return null;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            return error is TimeoutException ? $"no answer within {_options.Patience.TotalSeconds:0.##} s" : error.Message;
        }
    }

    private async Task WaitAsync(Task asking, TimeSpan patience, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        try
        {
            await asking.WaitAsync(patience, _clock, ct);
        }
        catch (TimeoutException) when (_clock.GetElapsedTime(start) > 1.5 * patience)
        {
            // This process stood still, so that says nothing about the server. An answer is here by now.
            await asking.WaitAsync(AnswerOnTheWay, _clock, ct);
        }
    }

    private static async Task PingAsync(NpgsqlConnection connection)
    {
        if (connection.State == System.Data.ConnectionState.Closed)
        {
            await connection.OpenAsync(CancellationToken.None);
        }

        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(CancellationToken.None);
    }

    private static async Task EitherAsync(Task one, Task other)
    {
        var first = await Task.WhenAny(one, other);
        await (
            first.IsCompletedSuccessfully ? first
            : first == one ? other
            : one
        );
    }

    // The connection of a frozen server is closed when it moves again: nobody waits for that.
    private static void Abandon(NpgsqlConnection connection, Task asking) =>
        _ = asking.ContinueWith(
            task =>
            {
                _ = task.Exception;
                connection.Dispose();
            },
            TaskScheduler.Default
        );

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3401,
            Level = LogLevel.Error,
            Message = "The database does not answer ({Fault}). Requests get 503 until it does; nothing that was accepted is lost"
        )]
        public static partial void Away(ILogger logger, string fault);

        [LoggerMessage(
            EventId = 3402,
            Level = LogLevel.Warning,
            Message = "The database answers again, after {Seconds} s; {Count} errors in that time had this reason and were not logged"
        )]
        public static partial void Back(ILogger logger, long seconds, long count);

        [LoggerMessage(
            EventId = 3403,
            Level = LogLevel.Warning,
            Message = "{Count} commands lost their database connection or got none, though the database answers: {Fault}"
        )]
        public static partial void Broken(ILogger logger, long count, string fault);
    }
}

/// <summary>How soon the database counts as away.</summary>
/// <param name="Patience">How long an answer to the simplest question may take. Requests are refused half a second after that at the latest.</param>
public sealed record DatabasePulseOptions(TimeSpan Patience)
{
    /// <summary>One second.</summary>
    public static DatabasePulseOptions Default { get; } = new(TimeSpan.FromSeconds(1));
}
