using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Many accepts as one statement.</summary>
internal static class AcceptBatch
{
    private static readonly Statement Accept = Statement.Load(typeof(AcceptBatch), "accept");

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
        var arguments = new Arguments(Accept);
        AddExecutions(arguments, executions);
        AddEventKeys(arguments, executions, now);
        AddRelations(arguments, executions, held);
        AddStandings(arguments, executions);
        arguments.Value("now", now);
        arguments.AddPages(executions, r => r.Ran is null ? [r.Started] : [r.Started, .. r.Ran.Events]);
        AddBookmarks(arguments, Positions(executions, r => r.Ran?.NewBookmarks ?? []));
        arguments.Column("paid", paid, unit => unit is not null);
        await using var command = new NpgsqlCommand(Accept.Text, connection);
        arguments.AddTo(command.Parameters);
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

    private static void AddExecutions(Arguments arguments, IReadOnlyList<NewExecution> executions)
    {
        arguments.Column("id", executions, r => r.Ref.Id.Value);
        arguments.Column("tenant", executions, r => r.Ref.Tenant.Value);
        arguments.Column("community", executions, r => r.Ref.Community.Value);
        arguments.Column("entity", executions, r => r.Ref.Entity.Value);
        arguments.Column("workflow", executions, r => r.Ref.Workflow.Value);
        arguments.Column("version", executions, r => r.Version.Value);
        arguments.Column("licence_epoch", executions, r => r.LicenceEpoch);
        arguments.Column("trigger", executions, r => r.Trigger);
        arguments.Column("trigger_node", executions, r => r.TriggerNode.Value);
        arguments.Column("webhook", executions, r => r.Webhook?.Value);
        arguments.Column("started_by", executions, r => r.StartedBy?.Value);
        arguments.Column("input", executions, r => r.Input.ToColumn() ?? []);
        arguments.Column("metadata", executions, r => r.Metadata.ToColumn());
    }

    private static void AddEventKeys(Arguments arguments, IReadOnlyList<NewExecution> executions, DateTimeOffset now)
    {
        arguments.Column("source", executions, r => r.Event?.Source);
        arguments.Column("event_key", executions, r => r.Event?.Key);
        arguments.Column("body_hash", executions, r => r.Event?.BodyHash.ToArray());
        arguments.Column("key_expires_at", executions, r => now + r.Event?.KeepFor);
        arguments.Column("owner", executions, r => r.Lease?.Worker.Value);
        arguments.Column(
            "available_at",
            executions,
            r => (r.Ran?.Transition as ExecutionTransition.Yield)?.AvailableAt ?? now + (r.Lease?.Duration ?? TimeSpan.Zero)
        );
        arguments.Column("created_at", executions, r => r.Started.At);
        arguments.Column("webhook_revision", executions, r => r.WebhookRevision);
    }

    private static void AddRelations(Arguments arguments, IReadOnlyList<NewExecution> executions, bool held)
    {
        arguments.Column("parent", executions, r => r.Parent?.Execution.Value);
        arguments.Column("parent_bookmark", executions, r => r.Parent?.Bookmark?.Value);
        arguments.Column("retry_of", executions, r => r.Retry?.Of.Value);
        arguments.Column("retry_node", executions, r => r.Retry?.From?.Value);
        arguments.Column(
            "on_end",
            executions,
            r =>
                (short)(
                    r.OnEnd
                    | (r.Parent?.Bookmark is null ? EndingFlags.None : EndingFlags.TellParent)
                    | (r.Concurrency is null ? EndingFlags.None : EndingFlags.LeaveLine)
                )
        );
        arguments.Column("of_failure", executions, r => r.OfFailure);
        arguments.Column("counted", executions, r => r.Counted);
        arguments.Column("any_version", executions, r => r.AnyVersion);
        arguments.Column("held", executions, _ => held);
    }

    private static void AddStandings(Arguments arguments, IReadOnlyList<NewExecution> executions)
    {
        arguments.Column(
            "status",
            executions,
            r => (short)(r.Ran?.Transition.Status() ?? (r.Lease is null ? ExecutionStatus.Queued : ExecutionStatus.Running))
        );
        arguments.Column("events", executions, r => r.Started.Seq + (r.Ran?.Events.Count ?? 0));
        arguments.AddEnds(executions, r => r.Ran?.Transition as ExecutionTransition.End);
    }

    private static void AddBookmarks(Arguments arguments, IReadOnlyList<(int Position, Bookmark Bookmark)> bookmarks)
    {
        arguments.Column("bookmark_of", bookmarks, x => x.Position);
        arguments.AddBookmarkColumns(bookmarks, x => x.Bookmark);
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
