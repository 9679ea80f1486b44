using System.Collections.Concurrent;
using Npgsql;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>How many of a tenant's executions wait in the queue. Looked at once a second for each tenant, however many ask.</summary>
public sealed class TenantBacklog
{
    // The tenant's lane is what the index begins with (migration 0036).
    private const string Sql = """
        select count(*) from (
            select from engine.queue
            where owner is null and lane = (('x' || right($1::text, 8))::bit(32)::integer) and tenant_id = $1
            limit $2
        ) waiting
        """;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<TenantId, Look> _looks = new();
    private readonly ConnectionPool _engine;
    private readonly TimeProvider _time;

    internal TenantBacklog(PostgresPools pools, TimeProvider time) => (_engine, _time) = (pools.Engine, time);

    /// <summary>Whether at least <paramref name="most"/> waited a second ago or later.</summary>
    public Task<bool> ReachesAsync(TenantId tenant, int most)
    {
        var now = _time.GetTimestamp();
        if (_looks.TryGetValue(tenant, out var last) && _time.GetElapsedTime(last.At, now) < MaxAge)
        {
            return last.Reaches.Value;
        }

        if (_looks.Count >= MostRemembered)
        {
            _looks.Clear();
        }

        var look = new Look(now, new(() => LookAsync(tenant, most)));
        return (
            last is null ? _looks.GetOrAdd(tenant, look)
            : _looks.TryUpdate(tenant, look, last) ? look
            : _looks.GetOrAdd(tenant, look)
        ).Reaches.Value;
    }

    private async Task<bool> LookAsync(TenantId tenant, int most)
    {
        await using var connection = await _engine.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddValue(tenant.Value);
        command.Parameters.AddValue(most);
        return (long)(await command.ExecuteScalarAsync(CancellationToken.None))! >= most;
    }

    private sealed record Look(long At, Lazy<Task<bool>> Reaches);
}
