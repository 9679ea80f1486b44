using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Many accepts as one statement.</summary>
internal static class AcceptBatch
{
    private static readonly string AcceptSql = SqlText.Load(typeof(AcceptBatch), "accept");

    /// <summary>Answers one verdict for each in their order, and whether something follows from an end among them.</summary>
    /// <param name="paid">Where set, the webhook's limit is not asked.</param>
    /// <param name="held">Accepted, but in no queue: somebody puts them there later.</param>
    public static async Task<(IReadOnlyList<AcceptVerdict> Verdicts, bool HasEndings)> ExecuteAsync(
        NpgsqlConnection connection,
        IReadOnlyList<NewExecution> executions,
        IReadOnlyList<PaidUnit?> paid,
        bool held,
        DateTimeOffset now
    )
    {
        await using var command = new NpgsqlCommand(AcceptSql, connection);
        AddExecutions(command.Parameters, executions);
        AddEventKeys(command.Parameters, executions, now);
        AddRelations(command.Parameters, executions, held);
        AddStandings(command.Parameters, executions);
        command.Parameters.AddValue(now);
        command.Parameters.AddPages(executions, r => r.Ran is null ? [r.Started] : [r.Started, .. r.Ran.Events]);
        AddBookmarks(command.Parameters, Positions(executions, r => r.Ran?.NewBookmarks ?? []));
        command.Parameters.AddColumn(paid, unit => unit is not null);
        await command.PrepareAsync(CancellationToken.None);

        var (verdicts, hasEndings) = (new List<AcceptVerdict>(executions.Count), false);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            verdicts.Add(Verdict(reader, executions[verdicts.Count], paid[verdicts.Count]));
            hasEndings = reader.GetBoolean(3);
        }

        return (verdicts, hasEndings);
    }

    private static AcceptVerdict Verdict(NpgsqlDataReader row, NewExecution execution, PaidUnit? paid) =>
        row.GetInt32(0) switch
        {
            1 => new AcceptVerdict.Accepted(execution.Lease is null ? 0 : 1) { Rate = paid?.Standing ?? Rate(row) },
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

    private static void AddExecutions(NpgsqlParameterCollection parameters, IReadOnlyList<NewExecution> executions)
    {
        parameters.AddColumn(executions, r => r.Ref.Id.Value);
        parameters.AddColumn(executions, r => r.Ref.Tenant.Value);
        parameters.AddColumn(executions, r => r.Ref.Community.Value);
        parameters.AddColumn(executions, r => r.Ref.Entity.Value);
        parameters.AddColumn(executions, r => r.Ref.Workflow.Value);
        parameters.AddColumn(executions, r => r.Version.Value);
        parameters.AddColumn(executions, r => r.LicenceEpoch);
        parameters.AddColumn(executions, r => r.Trigger);
        parameters.AddColumn(executions, r => r.TriggerNode.Value);
        parameters.AddColumn(executions, r => r.Webhook?.Value);
        parameters.AddColumn(executions, r => r.StartedBy?.Value);
        parameters.AddColumn(executions, r => r.Input.ToColumn() ?? []);
        parameters.AddColumn(executions, r => r.Metadata.ToColumn());
    }

    private static void AddEventKeys(NpgsqlParameterCollection parameters, IReadOnlyList<NewExecution> executions, DateTimeOffset now)
    {
        parameters.AddColumn(executions, r => r.Event?.Source);
        parameters.AddColumn(executions, r => r.Event?.Key);
        parameters.AddColumn(executions, r => r.Event?.BodyHash.ToArray());
        parameters.AddColumn(executions, r => now + r.Event?.KeepFor);
        parameters.AddColumn(executions, r => r.Lease?.Worker.Value);
        parameters.AddColumn(
            executions,
            r => (r.Ran?.Transition as ExecutionTransition.Yield)?.AvailableAt ?? now + (r.Lease?.Duration ?? TimeSpan.Zero)
        );
        parameters.AddColumn(executions, r => r.Started.At);
        parameters.AddColumn(executions, r => r.WebhookRevision);
    }

    private static void AddRelations(NpgsqlParameterCollection parameters, IReadOnlyList<NewExecution> executions, bool held)
    {
        parameters.AddColumn(executions, r => r.Parent?.Execution.Value);
        parameters.AddColumn(executions, r => r.Parent?.Bookmark?.Value);
        parameters.AddColumn(executions, r => r.Retry?.Of.Value);
        parameters.AddColumn(executions, r => r.Retry?.From?.Value);
        parameters.AddColumn(
            executions,
            r =>
                (short)(
                    r.OnEnd
                    | (r.Parent?.Bookmark is null ? EndingFlags.None : EndingFlags.TellParent)
                    | (r.Concurrency is null ? EndingFlags.None : EndingFlags.LeaveLine)
                )
        );
        parameters.AddColumn(executions, r => r.OfFailure);
        parameters.AddColumn(executions, r => r.Counted);
        parameters.AddColumn(executions, r => r.AnyVersion);
        parameters.AddColumn(executions, _ => held);
    }

    private static void AddStandings(NpgsqlParameterCollection parameters, IReadOnlyList<NewExecution> executions)
    {
        parameters.AddColumn(
            executions,
            r => (short)(r.Ran?.Transition.Status() ?? (r.Lease is null ? ExecutionStatus.Queued : ExecutionStatus.Running))
        );
        parameters.AddColumn(executions, r => r.Started.Seq + (r.Ran?.Events.Count ?? 0));
        parameters.AddEnds(executions, r => r.Ran?.Transition as ExecutionTransition.End);
    }

    private static void AddBookmarks(NpgsqlParameterCollection parameters, IReadOnlyList<(int Position, Bookmark Bookmark)> bookmarks)
    {
        parameters.AddColumn(bookmarks, x => x.Position);
        parameters.AddBookmarkColumns(bookmarks, x => x.Bookmark);
        parameters.AddColumn(bookmarks, x => x.Bookmark.Data.ToColumn());
    }

    /// <summary>Each item with the number of its request, from 1.</summary>
    private static List<(int Position, T Item)> Positions<T>(IReadOnlyList<NewExecution> executions, Func<NewExecution, IReadOnlyList<T>> items)
    {
        var all = new List<(int, T)>();
        for (var i = 0; i < executions.Count; i++)
        {
            foreach (var item in items(executions[i]))
            {
                all.Add((i + 1, item));
            }
        }

        return all;
    }
}
