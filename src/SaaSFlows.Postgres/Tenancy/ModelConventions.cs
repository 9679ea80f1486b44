using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>How our types and names are stored. For <see cref="AppDb"/>, and for contexts of other roles.</summary>
public static partial class ModelConventions
{
    /// <summary>Stores every typed id as its value.</summary>
    public static void Configure(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<TenantId>().HaveConversion<TenantIdConverter>();
        configuration.Properties<CommunityId>().HaveConversion<CommunityIdConverter>();
        configuration.Properties<EntityId>().HaveConversion<EntityIdConverter>();
        configuration.Properties<UserId>().HaveConversion<UserIdConverter>();
        configuration.Properties<WorkflowId>().HaveConversion<WorkflowIdConverter>();
        configuration.Properties<WorkflowVersionId>().HaveConversion<WorkflowVersionIdConverter>();
        configuration.Properties<ExecutionId>().HaveConversion<ExecutionIdConverter>();
        configuration.Properties<ApprovalId>().HaveConversion<ApprovalIdConverter>();
        configuration.Properties<WebhookId>().HaveConversion<WebhookIdConverter>();
        configuration.Properties<BookmarkId>().HaveConversion<BookmarkIdConverter>();
        configuration.Properties<WorkerId>().HaveConversion<WorkerIdConverter>();
        configuration.Properties<NodeId>().HaveConversion<NodeIdConverter>();
    }

    /// <summary>Names columns in snake_case unless a part has named them.</summary>
    public static void UseSnakeCase(ModelBuilder model)
    {
        // JSON-mapped types have no columns; naming their properties fails the model's validation.
        foreach (var entity in model.Model.GetEntityTypes().Where(e => !e.IsMappedToJson()))
        {
            if (
                ((IConventionEntityType)entity).GetTableNameConfigurationSource() is not ConfigurationSource.Explicit
                && entity.GetTableName() is { } table
            )
            {
                entity.SetTableName(ToSnakeCase(table));
            }

            foreach (var property in entity.GetProperties())
            {
                if (((IConventionProperty)property).GetColumnNameConfigurationSource() is not ConfigurationSource.Explicit)
                {
                    property.SetColumnName(ToSnakeCase(property.Name));
                }
            }
        }
    }

    internal static string ToSnakeCase(string name) => WordBoundary().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordBoundary();

    private sealed class TenantIdConverter() : ValueConverter<TenantId, Guid>(id => id.Value, value => new TenantId(value));

    private sealed class CommunityIdConverter() : ValueConverter<CommunityId, long>(id => id.Value, value => new CommunityId(value));

    private sealed class EntityIdConverter() : ValueConverter<EntityId, long>(id => id.Value, value => new EntityId(value));

    private sealed class UserIdConverter() : ValueConverter<UserId, Guid>(id => id.Value, value => new UserId(value));

    private sealed class WorkflowIdConverter() : ValueConverter<WorkflowId, Guid>(id => id.Value, value => new WorkflowId(value));

    private sealed class WorkflowVersionIdConverter()
        : ValueConverter<WorkflowVersionId, Guid>(id => id.Value, value => new WorkflowVersionId(value));

    private sealed class ExecutionIdConverter() : ValueConverter<ExecutionId, Guid>(id => id.Value, value => new ExecutionId(value));

    private sealed class ApprovalIdConverter() : ValueConverter<ApprovalId, Guid>(id => id.Value, value => new ApprovalId(value));

    private sealed class WebhookIdConverter() : ValueConverter<WebhookId, Guid>(id => id.Value, value => new WebhookId(value));

    private sealed class BookmarkIdConverter() : ValueConverter<BookmarkId, Guid>(id => id.Value, value => new BookmarkId(value));

    private sealed class WorkerIdConverter() : ValueConverter<WorkerId, Guid>(id => id.Value, value => new WorkerId(value));

    private sealed class NodeIdConverter() : ValueConverter<NodeId, string>(id => id.Value, value => new NodeId(value));
}
