using Npgsql;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Puts new executions on disk. Concurrent ones are committed together; one refused or broken costs its neighbours nothing.</summary>
public sealed class Intake : IAsyncDisposable
{
    private static readonly string AcceptSql = SqlText.Load(typeof(Intake), "accept");

    private readonly NpgsqlDataSource _engine;
    private readonly JournalFeed _feed;
    private readonly TimeProvider _clock;
    private readonly GroupWriter<AcceptRequest, AcceptVerdict> _writer;

    internal Intake(PostgresPools pools, JournalFeed feed, TimeProvider clock)
    {
        _engine = pools.Engine;
        _feed = feed;
        _clock = clock;
        _writer = new(WriteAsync, request => request.Execution.Id.Value, writers: 2);
    }

    /// <summary>Answers after the commit. A call that is cancelled may still be accepted.</summary>
    public async Task<AcceptVerdict> AcceptAsync(AcceptRequest request, CancellationToken ct)
    {
        var verdict = await _writer.WriteAsync(request, ct);
        if (verdict is AcceptVerdict.Accepted && request.Lease is null)
        {
            _feed.Publish(FeedTopic.Queue);
        }

        return verdict;
    }

    /// <summary>Refuses new requests and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task<IReadOnlyList<AcceptVerdict>> WriteAsync(IReadOnlyList<AcceptRequest> requests)
    {
        await using var command = _engine.CreateCommand(AcceptSql);
        var now = _clock.GetUtcNow();
        AddExecutions(command.Parameters, requests);
        AddEventKeys(command.Parameters, requests, now);
        AddFirstEvents(command.Parameters, requests);
        command.Parameters.AddValue(now);
        command.Parameters.AddColumn(requests, r => r.WebhookRevision);
        AddRelations(command.Parameters, requests);

        var verdicts = new List<AcceptVerdict>(requests.Count);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            verdicts.Add(reader.GetInt32(0) switch
            {
                1 => new AcceptVerdict.Accepted(requests[verdicts.Count].Lease is null ? 0 : 1),
                2 => new AcceptVerdict.StaleVersion(),
                3 => new AcceptVerdict.WorkflowClosed(),
                4 => new AcceptVerdict.WebhookDisabled(),
                5 => new AcceptVerdict.TenantClosed(),
                7 => new AcceptVerdict.ParentEnded(),
                8 => new AcceptVerdict.TooDeep(),
                _ => new AcceptVerdict.Duplicate(new(reader.GetGuid(1)), reader.GetBoolean(2)),
            });
        }

        return verdicts;
    }

    private static void AddExecutions(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests)
    {
        parameters.AddColumn(requests, r => r.Execution.Id.Value);
        parameters.AddColumn(requests, r => r.Execution.Tenant.Value);
        parameters.AddColumn(requests, r => r.Execution.Community.Value);
        parameters.AddColumn(requests, r => r.Execution.Entity.Value);
        parameters.AddColumn(requests, r => r.Execution.Workflow.Value);
        parameters.AddColumn(requests, r => r.Version.Value);
        parameters.AddColumn(requests, r => r.LicenceEpoch);
        parameters.AddColumn(requests, r => r.Trigger);
        parameters.AddColumn(requests, r => r.TriggerNode.Value);
        parameters.AddColumn(requests, r => r.Webhook?.Value);
        parameters.AddColumn(requests, r => r.StartedBy?.Value);
        parameters.AddColumn(requests, r => r.Input.ToColumn() ?? []);
        parameters.AddColumn(requests, r => r.Metadata.ToColumn());
    }

    private static void AddEventKeys(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests, DateTimeOffset now)
    {
        parameters.AddColumn(requests, r => r.Event?.Source);
        parameters.AddColumn(requests, r => r.Event?.Key);
        parameters.AddColumn(requests, r => r.Event?.BodyHash.ToArray());
        parameters.AddColumn(requests, r => now + r.Event?.KeepFor);
        parameters.AddColumn(requests, r => r.Lease?.Worker.Value);
        parameters.AddColumn(requests, r => now + (r.Lease?.Duration ?? TimeSpan.Zero));
    }

    private static void AddFirstEvents(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests)
    {
        parameters.AddColumn(requests, r => (short)r.Started.Kind);
        parameters.AddColumn(requests, r => r.Started.Node?.Value);
        parameters.AddColumn(requests, r => r.Started.Scope);
        parameters.AddColumn(requests, r => r.Started.Token);
        parameters.AddColumn(requests, r => r.Started.Attempt);
        parameters.AddColumn(requests, r => r.Started.Ordinal);
        parameters.AddColumn(requests, r => r.Started.At);
        parameters.AddColumn(requests, r => r.Started.Body.ToColumn());
    }

    private static void AddRelations(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests)
    {
        parameters.AddColumn(requests, r => r.Parent?.Execution.Value);
        parameters.AddColumn(requests, r => r.Parent?.Bookmark?.Value);
        parameters.AddColumn(requests, r => r.Retry?.Of.Value);
        parameters.AddColumn(requests, r => r.Retry?.From?.Value);
        parameters.AddColumn(requests, r => (short)(r.OnEnd | (r.Parent?.Bookmark is null ? EndingFlags.None : EndingFlags.TellParent)));
        parameters.AddColumn(requests, r => r.OfFailure);
        parameters.AddColumn(requests, r => r.Counted);
        parameters.AddColumn(requests, r => r.AnyVersion);
        parameters.AddColumn(requests, r => r.Held);
    }
}
