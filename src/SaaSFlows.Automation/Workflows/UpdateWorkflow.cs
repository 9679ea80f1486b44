using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Saves a draft: fields in the request are replaced, all others stay.</summary>
public sealed class UpdateWorkflow(TenantDatabase database, ActivityCatalogue catalogue, EngineLimits limits, AuditLog audit, TimeProvider time)
{
    /// <param name="revision">The revision that the caller edited; null saves over whatever is there.</param>
    public async Task<Result<WorkflowDetails>> RunAsync(
        Caller caller,
        WorkflowId id,
        string? name,
        string? description,
        int? revision,
        JsonElement body,
        CancellationToken ct
    )
    {
        try
        {
            return await database.RunAsync<Result<WorkflowDetails>>(
                caller.Scope(),
                async (db, cancel) =>
                {
                    var row = await db.Set<WorkflowRow>().SingleOrDefaultAsync(workflow => workflow.Id == id, cancel);
                    if (row is null)
                    {
                        return new AutomationError.NotFound("workflow");
                    }

                    if (await db.RefuseAsync(caller, row, Permission.UpdateWorkflows, WorkflowRights.Edit, cancel) is { } denied)
                    {
                        return denied;
                    }

                    if (row.Status == WorkflowStatus.Archived)
                    {
                        return new AutomationError.Conflict("workflow.archived", "An archived workflow can't be changed.");
                    }

                    if (revision is { } edited && edited != row.Revision)
                    {
                        return StoredDrafts.Stale;
                    }

                    var errors = WorkflowFields.Check(name, description, nameNeeded: false);
                    var current = WorkflowDefinition.Read(row.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
                    if (!WorkflowFields.Read(body, catalogue, limits, current, errors, out var definition))
                    {
                        return new AutomationError.BadInput(errors);
                    }

                    var before = row.State();
                    var draft = definition.ToUtf8Json();
                    if (
                        draft.AsSpan().SequenceEqual(row.Draft)
                        && (name?.Trim() ?? row.Name) == row.Name
                        && (description ?? row.Description) == row.Description
                    )
                    {
                        // Saving an unchanged draft is no change, so the published version stays current.
                        return row.ToDetails();
                    }

                    row.Name = name?.Trim() ?? row.Name;
                    row.Description = description ?? row.Description;
                    row.Draft = draft;
                    row.Revision++;
                    row.UpdatedAt = time.GetUtcNow();
                    await db.SaveChangesAsync(cancel);
                    await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowUpdated, before, row.State()), cancel);
                    return row.ToDetails();
                },
                ct
            );
        }
        catch (StaleRowException)
        {
            // If two saves read the same revision, the second one is refused.
            return StoredDrafts.Stale;
        }
    }
}
