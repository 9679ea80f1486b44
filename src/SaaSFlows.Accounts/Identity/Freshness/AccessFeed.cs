using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NpgsqlTypes;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity.Freshness;

/// <summary>Reads the feed of changed rights once a second, in each process that answers requests.</summary>
public sealed partial class AccessFeed : BackgroundService
{
    private const int TidyEvery = 600;

    // One statement sees one snapshot. Transactions older than the oldest one that runs in it are all in, so the next look begins there:
    // what was given a number before and is committed after is read then.
    private const string Look = """
        select pg_snapshot_xmin(pg_current_snapshot()), c.id, c.xid, c.tenant_id, c.user_id, c.session_id, c.workflow_id
        from (values (1)) always left join accounts.access_changes c on
        """;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly PostgresPools _pools;
    private readonly AccessChanges _changes;
    private readonly AccessTokenOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AccessFeed> _logger;

    private ulong? _from;

    // Changes that the next read sees again.
    private HashSet<long> _known = [];

    internal AccessFeed(PostgresPools pools, AccessChanges changes, AccessTokenOptions options, TimeProvider time, ILogger<AccessFeed> logger) =>
        (_pools, _changes, _options, _time, _logger) = (pools, changes, options, time, logger);

    /// <summary>Reads the new changes. Not safe for concurrent use.</summary>
    internal async Task PollAsync(CancellationToken ct)
    {
        var asked = _time.GetTimestamp();
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        // At the start, everything that concerns a token: what is read late is only asked about once more than needed.
        await using var command = _from is { } from
            ? connection.Command(Look + " c.xid >= $1 order by c.id")
            : connection.Command(Look + " c.changed_at > now() - $1 - interval '10 minutes' order by c.id", _options.Lifetime);
        if (_from is { } next)
        {
            command.Parameters.Add(new() { Value = next, NpgsqlDbType = NpgsqlDbType.Xid8 });
        }

        command.CommandTimeout = (int)AccessChanges.Patience.TotalSeconds;
        var rows = await command.ListAsync(Read, ct);
        var horizon = rows[0].Horizon;
        foreach (var change in rows.Select(row => row.Change).OfType<Change>().Where(change => !_known.Contains(change.Id)))
        {
            _changes.Add(change.Tenant, change.User, change.Session, change.Workflow);
        }

        _known = [.. rows.Select(row => row.Change).OfType<Change>().Where(change => change.Xid >= horizon).Select(change => change.Id)];
        _from = horizon;
        _changes.Heard(asked);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _time);
        var isFailing = false;
        var looks = 0;
        do
        {
            try
            {
                await PollAsync(stoppingToken);
                isFailing = false;
                if (++looks % TidyEvery == 0)
                {
                    await TidyAsync(stoppingToken);
                }
            }
            catch (Exception e) when (e is DbException or TimeoutException)
            {
                if (!isFailing)
                {
                    Log.Failing(_logger, e);
                }

                isFailing = true;
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static (ulong Horizon, Change? Change) Read(DbDataReader row) =>
        (
            row.GetFieldValue<ulong>(0),
            row.IsDBNull(1)
                ? null
                : new Change(
                    row.GetInt64(1),
                    row.GetFieldValue<ulong>(2),
                    row.GetValue(3) as Guid?,
                    row.GetValue(4) as Guid?,
                    row.GetValue(5) as Guid?,
                    row.GetValue(6) as Guid?
                )
        );

    private async Task TidyAsync(CancellationToken ct)
    {
        _changes.Forget();
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command("select accounts.forget_access_changes()");
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed record Change(long Id, ulong Xid, Guid? Tenant, Guid? User, Guid? Session, Guid? Workflow);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4301,
            Level = LogLevel.Warning,
            Message = "Can't read the feed of changed rights; from five seconds on the database is asked at each request"
        )]
        public static partial void Failing(ILogger logger, Exception exception);
    }
}
