using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Stores a new draft.</summary>
public sealed class CreateWorkflow(
    TenantDatabase database,
    ActivityCatalogue catalogue,
    EngineLimits limits,
    Licence licence,
    AuditLog audit,
    TimeProvider time
)
{
    /// <param name="body">The whole request with <c>nodes</c>, <c>connections</c>, <c>global_variables</c> and <c>settings</c>, or with a definition
    /// in the steps form (docs/steps-form.md).</param>
    /// <param name="community">Null: the entity's, or the only one.</param>
    /// <param name="entity">Null: the only one.</param>
    public async Task<Result<WorkflowDetails>> RunAsync(
        Caller caller,
        string? name,
        string? description,
        CommunityId? community,
        EntityId? entity,
        JsonElement body,
        CancellationToken ct
    )
    {
        var errors = WorkflowFields.Check(name, description, nameNeeded: true);
        if (!WorkflowFields.Read(body, catalogue, limits, null, errors, out var definition))
        {
            return new AutomationError.BadInput(errors);
        }

        return await database.RunAsync<Result<WorkflowDetails>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                var places = await Places.FindAsync(db, community, entity, cancel);
                if (places.Count != 1)
                {
                    return places.Count == 0
                        ? new AutomationError.NotFound(entity is null ? "community" : "entity")
                        : new AutomationError.BadInput("entity_id", "is required: there are several entities.");
                }

                var place = places[0];
                if (!caller.May(Permission.CreateWorkflows, place.Community))
                {
                    return new AutomationError.Forbidden(Permission.CreateWorkflows);
                }

                // Raises the tenant's licence epoch. Its row lock serializes the counting of creations.
                var admitted = await licence.AdmitNewWorkflowAsync(db.Database.GetDbConnection(), caller.TenantId, cancel);
                if (LicenceRefusals.Of(admitted) is { } refused)
                {
                    return refused;
                }

                // The entity may have been deleted while this waited for the lock.
                if ((await Places.FindAsync(db, place.Community, place.Entity, cancel)).Count == 0)
                {
                    return new AutomationError.NotFound("entity");
                }

                var now = time.GetUtcNow();
                var row = new WorkflowRow
                {
                    Id = new WorkflowId(Guid.CreateVersion7(now)),
                    TenantId = caller.TenantId,
                    CommunityId = place.Community,
                    EntityId = place.Entity,
                    Key = await FreeKeyAsync(db, WorkflowKeys.FromName(name!), cancel),
                    Name = name!.Trim(),
                    Description = description ?? string.Empty,
                    Status = WorkflowStatus.Draft,
                    Draft = definition.ToUtf8Json(),
                    Revision = 1,
                    CreatedBy = caller.UserId,
                    CreatedAt = now,
                    UpdatedAt = now,
                };
                db.Add(row);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowCreated, null, row.State()), cancel);
                return row.ToDetails();
            },
            ct
        );
    }

    // The creations of a tenant run one after the other (see above), so a free key stays free until the commit.
    private static Task<string> FreeKeyAsync(AppDb db, string wanted, CancellationToken ct) =>
        db.Database.SqlQuery<string>($"select automation.free_key({wanted}) as \"Value\"").SingleAsync(ct);
}
