using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Reads workflows.</summary>
public sealed class FindWorkflows(TenantDatabase database, ActivityCatalogue catalogue, GraphValidator validator)
{
    /// <summary>Returns a page of workflows, the newest change first. Archived ones are included only if the filter names them.</summary>
    public Task<Page<WorkflowSummary>> ListAsync(Caller caller, WorkflowFilter filter, PageRequest page, CancellationToken ct) =>
        ListAsync(caller, filter, page, (_, summary) => summary, ct);

    /// <summary>Returns the same page with drafts.</summary>
    public Task<Page<WorkflowDetails>> ListWholeAsync(Caller caller, WorkflowFilter filter, PageRequest page, CancellationToken ct) =>
        ListAsync(caller, filter, page, (row, summary) => row.ToDetails() with { Summary = summary }, ct);

    private Task<Page<T>> ListAsync<T>(
        Caller caller,
        WorkflowFilter filter,
        PageRequest page,
        Func<WorkflowRow, WorkflowSummary, T> show,
        CancellationToken ct
    ) =>
        database.RunAsync(
            caller.Scope(),
            async (db, cancel) =>
            {
                var found = Matching(Readable(db, caller), filter);
                var total = await found.LongCountAsync(cancel);
                var rows = await found
                    .OrderByDescending(workflow => workflow.UpdatedAt)
                    .ThenBy(workflow => workflow.Id)
                    .Skip(page.Skip)
                    .Take(page.Size)
                    .ToListAsync(cancel);
                var shown = new List<T>(rows.Count);
                foreach (var row in rows)
                {
                    shown.Add(show(row, await ShownAsync(db, caller, row, cancel)));
                }

                return new Page<T>(shown, page, total);
            },
            ct
        );

    public Task<Result<WorkflowDetails>> GetAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowDetails>>(
            caller.Scope(),
            async (db, cancel) =>
                await Readable(db, caller).SingleOrDefaultAsync(workflow => workflow.Id == id, cancel) is { } row
                    ? row.ToDetails() with
                    {
                        Summary = await ShownAsync(db, caller, row, cancel),
                    }
                    : new AutomationError.NotFound("workflow"),
            ct
        );

    /// <summary>Returns the errors that prevent publishing the draft, and the warnings.</summary>
    public Task<Result<ValidationReport>> ValidateAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<ValidationReport>>(
            caller.Scope(),
            async (db, cancel) =>
                await FindAsync(db, id, cancel) is { } row ? await ReportAsync(db, row, cancel) : new AutomationError.NotFound("workflow"),
            ct
        );

    private async Task<ValidationReport> ReportAsync(AppDb db, WorkflowRow row, CancellationToken ct)
    {
        var definition = WorkflowDefinition.Read(row.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
        return await WorkflowReferences.AddToAsync(db, validator.Validate(definition), definition, row.CommunityId, ct);
    }

    // The workflows of the caller's communities and those that others share with them. All use cases except reading use the table, which has no
    // shared ones.
    private static IQueryable<WorkflowRow> Readable(AppDb db, Caller caller) =>
        caller.Communities.IsWholeTenant
            ? db.Set<WorkflowRow>().AsNoTracking()
            : db.Set<WorkflowRow>()
                .FromSql($"select * from automation.workflows union all select * from automation.shared_workflows()")
                .IgnoreQueryFilters([AppDb.CommunityFilter])
                .AsNoTracking();

    private static async Task<WorkflowSummary> ShownAsync(AppDb db, Caller caller, WorkflowRow row, CancellationToken ct)
    {
        var isOwn = caller.Scope().Communities.Contains(row.CommunityId);
        return row.ToSummary() with { IsReadOnly = !isOwn, AllowedActions = isOwn ? await db.ActionsAsync(caller, row, ct) : [] };
    }

    private static Task<WorkflowRow?> FindAsync(AppDb db, WorkflowId id, CancellationToken ct) =>
        db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(workflow => workflow.Id == id, ct);

    private static IQueryable<WorkflowRow> Matching(IQueryable<WorkflowRow> rows, WorkflowFilter filter)
    {
        if (filter.Entity is { } entity)
        {
            rows = rows.Where(workflow => workflow.EntityId == entity);
        }

        if (filter.Community is { } community)
        {
            rows = rows.Where(workflow => workflow.CommunityId == community);
        }

        rows = filter.Status is { } status
            ? rows.Where(workflow => workflow.Status == status)
            : rows.Where(workflow => workflow.Status != WorkflowStatus.Archived);
        if (filter.Paused is { } paused)
        {
            rows = rows.Where(workflow => workflow.Paused == paused);
        }

        if (filter.Search is { } search)
        {
            var pattern = $"%{Nfc.Of(search).Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
            rows = rows.Where(workflow =>
                EF.Functions.ILike(AppDb.Composed(workflow.Name), pattern, "\\")
                || EF.Functions.ILike(AppDb.Composed(workflow.Description!), pattern, "\\")
            );
        }

        return rows;
    }
}
