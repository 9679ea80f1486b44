using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using EventId = SaaSFlows.Primitives.EventId;

namespace SaaSFlows.Automation.Events;

/// <summary>
/// Handles events of processes that died after storing them. Any number of processes can run it: each event is taken by one at a time.
/// </summary>
internal sealed partial class EventRecovery(
    PostgresPools pools,
    EventStore store,
    SetOffEvent setOff,
    TimeProvider clock,
    ILogger<EventRecovery> logger
) : PeriodicService(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), clock)
{
    private const int AtOnce = 50;

    /// <summary>Handles the events that are due at <paramref name="now"/>. Returns their number.</summary>
    internal async Task<int> PassAsync(DateTimeOffset now, CancellationToken ct)
    {
        var due = await ClaimAsync(now, ct);
        foreach (var (id, tenant, grantedTo) in due)
        {
            try
            {
                if (await store.FindAsync(tenant, id, ct) is { } stored)
                {
                    await setOff.RunAsync(tenant, stored, grantedTo, isNew: false, ct);
                    Log.Recovered(logger, id);
                }
            }
            // An event of one tenant must not block others. It is taken again when its lease ends.
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Log.NotSetOff(logger, id, e);
            }
        }

        return due.Count;
    }

    protected override async Task RunAsync(CancellationToken ct)
    {
        while (await PassAsync(Clock.GetUtcNow(), ct) == AtOnce)
        {
            // There may be more.
        }
    }

    protected override void LogFailure(Exception error) => Log.Failed(logger, error);

    private async Task<List<(EventId Id, TenantId Tenant, UserId? GrantedTo)>> ClaimAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select event_id, tenant_id, granted_to from automation.claim_pending_events($1, $2, $3)",
            now,
            EventStore.Lease,
            AtOnce
        );
        var due = new List<(EventId, TenantId, UserId?)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            due.Add((new(reader.GetGuid(0)), new(reader.GetGuid(1)), reader.IsDBNull(2) ? null : new UserId(reader.GetGuid(2))));
        }

        return due;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5303, Level = LogLevel.Warning, Message = "Set off event {Event}, which another process had left")]
        public static partial void Recovered(ILogger logger, EventId @event);

        [LoggerMessage(EventId = 5304, Level = LogLevel.Error, Message = "Event {Event} could not be set off; it is tried again")]
        public static partial void NotSetOff(ILogger logger, EventId @event, Exception error);

        [LoggerMessage(EventId = 5305, Level = LogLevel.Warning, Message = "Looking for events that were left failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
