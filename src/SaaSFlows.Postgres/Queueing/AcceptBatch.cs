using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Many accepts as one statement.</summary>
internal static class AcceptBatch
{
    private static readonly string AcceptSql = SqlText.Load(typeof(AcceptBatch), "accept");

    /// <summary>Answers one verdict for each in their order, and whether something follows from an end among them.</summary>
    /// <param name="paid">Where set, the webhook's limit is not asked.</param>
    public static async Task<(IReadOnlyList<AcceptVerdict> Verdicts, bool HasEndings)> ExecuteAsync(
        NpgsqlConnection connection,
        IReadOnlyList<AcceptRequest> requests,
        IReadOnlyList<PaidUnit?> paid,
        DateTimeOffset now
    )
    {
        await using var command = new NpgsqlCommand(AcceptSql, connection);
        AddExecutions(command.Parameters, requests);
        AddEventKeys(command.Parameters, requests, now);
        AddRelations(command.Parameters, requests);
        AddStandings(command.Parameters, requests);
        command.Parameters.AddValue(now);
        command.Parameters.AddPages(requests, r => r.Ran is null ? [r.Started] : [r.Started, .. r.Ran.Events]);
        AddBookmarks(command.Parameters, Positions(requests, r => r.Ran?.NewBookmarks ?? []));
        command.Parameters.AddColumn(paid, unit => unit is not null);
        await command.PrepareAsync(CancellationToken.None);

        var (verdicts, hasEndings) = (new List<AcceptVerdict>(requests.Count), false);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            verdicts.Add(Verdict(reader, requests[verdicts.Count], paid[verdicts.Count]));
            hasEndings = reader.GetBoolean(3);
        }

        return (verdicts, hasEndings);
    }

    private static AcceptVerdict Verdict(NpgsqlDataReader row, AcceptRequest request, PaidUnit? paid) =>
        row.GetInt32(0) switch
        {
            1 => new AcceptVerdict.Accepted(request.Lease is null ? 0 : 1) { Rate = paid?.Standing ?? Rate(row) },
            2 => new AcceptVerdict.StaleVersion(),
            3 => new AcceptVerdict.WorkflowClosed(),
            4 => new AcceptVerdict.WebhookDisabled(),
            5 => new AcceptVerdict.TenantClosed(),
            7 => new AcceptVerdict.ParentEnded(),
            8 => new AcceptVerdict.TooDeep(),
            9 => new AcceptVerdict.RateLimited(Rate(row)!.Value),
            _ => new AcceptVerdict.Duplicate(new(row.GetGuid(1)), row.GetBoolean(2)) { Rate = paid?.Standing ?? Rate(row) },
        };

    private static RateStanding? Rate(NpgsqlDataReader row) =>
        row.IsDBNull(5) ? null : new(row.GetInt32(4), row.GetInt32(5), row.GetFieldValue<DateTimeOffset>(6));

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
        parameters.AddColumn(
            requests,
            r => (r.Ran?.Transition as ExecutionTransition.Yield)?.AvailableAt ?? now + (r.Lease?.Duration ?? TimeSpan.Zero)
        );
        parameters.AddColumn(requests, r => r.Started.At);
        parameters.AddColumn(requests, r => r.WebhookRevision);
    }

    private static void AddRelations(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests)
    {
        parameters.AddColumn(requests, r => r.Parent?.Execution.Value);
        parameters.AddColumn(requests, r => r.Parent?.Bookmark?.Value);
        parameters.AddColumn(requests, r => r.Retry?.Of.Value);
        parameters.AddColumn(requests, r => r.Retry?.From?.Value);
        parameters.AddColumn(
            requests,
            r =>
                (short)(
                    r.OnEnd
                    | (r.Parent?.Bookmark is null ? EndingFlags.None : EndingFlags.TellParent)
                    | (r.Concurrency is null ? EndingFlags.None : EndingFlags.LeaveLine)
                )
        );
        parameters.AddColumn(requests, r => r.OfFailure);
        parameters.AddColumn(requests, r => r.Counted);
        parameters.AddColumn(requests, r => r.AnyVersion);
        parameters.AddColumn(requests, r => r.Held);
    }

    private static void AddStandings(NpgsqlParameterCollection parameters, IReadOnlyList<AcceptRequest> requests)
    {
        parameters.AddColumn(
            requests,
            r => (short)(r.Ran?.Transition.Status() ?? (r.Lease is null ? ExecutionStatus.Queued : ExecutionStatus.Running))
        );
        parameters.AddColumn(requests, r => r.Started.Seq + (r.Ran?.Events.Count ?? 0));
        parameters.AddEnds(requests, r => r.Ran?.Transition as ExecutionTransition.End);
    }

    private static void AddBookmarks(NpgsqlParameterCollection parameters, IReadOnlyList<(int Position, Bookmark Bookmark)> bookmarks)
    {
        parameters.AddColumn(bookmarks, x => x.Position);
        parameters.AddBookmarkColumns(bookmarks, x => x.Bookmark);
        parameters.AddColumn(bookmarks, x => x.Bookmark.Data.ToColumn());
    }

    /// <summary>Each item with the number of its request, from 1.</summary>
    private static List<(int Position, T Item)> Positions<T>(IReadOnlyList<AcceptRequest> requests, Func<AcceptRequest, IReadOnlyList<T>> items)
    {
        var all = new List<(int, T)>();
        for (var i = 0; i < requests.Count; i++)
        {
            foreach (var item in items(requests[i]))
            {
                all.Add((i + 1, item));
            }
        }

        return all;
    }
}
