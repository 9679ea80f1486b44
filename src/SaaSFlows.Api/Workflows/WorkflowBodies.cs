using System.Text.Json;
using System.Text.Json.Serialization;
using SaaSFlows.Api.Webhooks;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Api.Workflows;

/// <summary>A new workflow. Nodes are keyed by their ids; a draft may be incomplete or invalid, only its shape must be right.</summary>
/// <param name="DisplayName">Wins over the name: what paths without a version show as <c>name</c> is the key.</param>
/// <param name="EntityId">May be left out while there is only one.</param>
/// <param name="LicenseKey">Accepted and not needed: licences belong to tenants.</param>
/// <param name="Definition">The graph or the steps in one object, instead of beside the name.</param>
internal record CreateWorkflowBody(
    string? Name,
    string? DisplayName,
    string? Description,
    long? EntityId,
    long? CommunityId,
    string? LicenseKey,
    JsonElement? Nodes,
    JsonElement? Connections,
    JsonElement? GlobalVariables,
    JsonElement? Settings,
    JsonElement? Version,
    JsonElement? Steps,
    JsonElement? Variables,
    JsonElement? Definition
) : IDefinitionFields;

/// <summary>What an export gave, or a definition alone.</summary>
internal sealed record ImportWorkflowBody(
    string? Name,
    string? DisplayName,
    string? Description,
    long? EntityId,
    long? CommunityId,
    string? LicenseKey,
    JsonElement? Nodes,
    JsonElement? Connections,
    JsonElement? GlobalVariables,
    JsonElement? Settings,
    JsonElement? Version,
    JsonElement? Steps,
    JsonElement? Variables,
    JsonElement? Definition,
    string? Format,
    JsonElement? Withheld
)
    : CreateWorkflowBody(
        Name,
        DisplayName,
        Description,
        EntityId,
        CommunityId,
        LicenseKey,
        Nodes,
        Connections,
        GlobalVariables,
        Settings,
        Version,
        Steps,
        Variables,
        Definition
    );

/// <summary>Changes to a draft: what is absent stays as it is.</summary>
/// <param name="DisplayName">Wins over the name, as at creating.</param>
/// <param name="Revision">The revision that was edited; a newer one in the store makes it a conflict.</param>
internal sealed record UpdateWorkflowBody(
    string? Name,
    string? DisplayName,
    string? Description,
    int? Revision,
    JsonElement? Nodes,
    JsonElement? Connections,
    JsonElement? GlobalVariables,
    JsonElement? Settings,
    JsonElement? Version,
    JsonElement? Steps,
    JsonElement? Variables,
    JsonElement? Definition
) : IDefinitionFields;

/// <param name="AllowedActions">What the caller may do to it: update, publish, execute, archive, manage_webhooks; restore if it is archived. In
/// answers to reads only.</param>
internal sealed record WorkflowBody(
    Guid WorkflowId,
    string Key,
    string Name,
    string Description,
    string Status,
    long EntityId,
    long CommunityId,
    int Revision,
    int? PublishedVersion,
    DateTimeOffset? PublishedAt,
    bool HasUnpublishedChanges,
    bool Paused,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool ReadOnly,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedActions
)
{
    public static WorkflowBody From(WorkflowSummary workflow) =>
        new(
            workflow.Id.Value,
            workflow.Key,
            workflow.Name,
            workflow.Description,
            workflow.Status,
            workflow.Entity.Value,
            workflow.Community.Value,
            workflow.Revision,
            workflow.PublishedVersion,
            workflow.PublishedAt,
            workflow.HasUnpublishedChanges,
            workflow.Paused,
            workflow.CreatedAt,
            workflow.UpdatedAt,
            workflow.IsReadOnly,
            workflow.AllowedActions
        );
}

/// <summary>A workflow with its draft.</summary>
internal sealed record WorkflowDetailsBody(
    Guid WorkflowId,
    string Key,
    string Name,
    string Description,
    string Status,
    long EntityId,
    long CommunityId,
    int Revision,
    int? PublishedVersion,
    DateTimeOffset? PublishedAt,
    bool HasUnpublishedChanges,
    bool Paused,
    JsonElement Nodes,
    JsonElement Connections,
    JsonElement GlobalVariables,
    JsonElement Settings,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool ReadOnly,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AllowedActions
)
{
    public static WorkflowDetailsBody From(WorkflowDetails details)
    {
        var workflow = details.Summary;
        var definition = JsonElement.Parse(details.Definition.Span);
        return new(
            workflow.Id.Value,
            workflow.Key,
            workflow.Name,
            workflow.Description,
            workflow.Status,
            workflow.Entity.Value,
            workflow.Community.Value,
            workflow.Revision,
            workflow.PublishedVersion,
            workflow.PublishedAt,
            workflow.HasUnpublishedChanges,
            workflow.Paused,
            definition.GetProperty("nodes"),
            definition.GetProperty("connections"),
            definition.GetProperty("global_variables"),
            definition.TryGetProperty("settings", out var settings) ? settings : JsonElement.Parse("{}"),
            workflow.CreatedAt,
            workflow.UpdatedAt,
            workflow.IsReadOnly,
            workflow.AllowedActions
        );
    }
}

internal sealed record UpdatedWorkflowBody(Guid WorkflowId, int Revision, DateTimeOffset UpdatedAt);

internal sealed record ArchivedWorkflowBody(Guid WorkflowId, string Status);

/// <param name="Webhooks">Webhooks that this made because the workflow had lost them, and those that got a signing secret: the secret is shown only
/// now.</param>
internal sealed record RestoredWorkflowBody(
    Guid WorkflowId,
    string Status,
    int? PublishedVersion,
    int Revision,
    bool Paused,
    IReadOnlyList<WebhookBody> Webhooks
)
{
    public static RestoredWorkflowBody From(RestoredWorkflowDetails restored, string baseUrl) =>
        new(
            restored.Workflow.Id.Value,
            restored.Workflow.Status,
            restored.Workflow.PublishedVersion,
            restored.Workflow.Revision,
            restored.Workflow.Paused,
            [.. restored.NewWebhooks.Select(webhook => WebhookBody.From(webhook, baseUrl))]
        );
}

/// <param name="Webhooks">Webhooks that this made, and those that got a signing secret: the secret is shown only now.</param>
internal sealed record PublishedWorkflowBody(
    Guid WorkflowId,
    string Status,
    int PublishedVersion,
    int Revision,
    DateTimeOffset PublishedAt,
    IReadOnlyList<WebhookBody> Webhooks,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<WarningBody> WarningDetails
)
{
    public static PublishedWorkflowBody From(PublishedWorkflowDetails published, string baseUrl)
    {
        var workflow = published.Workflow;
        return new(
            workflow.Id.Value,
            workflow.Status,
            workflow.PublishedVersion!.Value,
            workflow.Revision,
            workflow.PublishedAt!.Value,
            [.. published.NewWebhooks.Select(webhook => WebhookBody.From(webhook, baseUrl))],
            [.. published.Warnings.Select(warning => warning.Message)],
            WarningBody.Of(published.Warnings)
        );
    }
}

/// <summary>What validation found (seed 002).</summary>
internal sealed record ValidationBody(
    bool IsValid,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyDictionary<string, IReadOnlyList<string>> NodeValidationErrors,
    int ErrorCount,
    int WarningCount,
    IReadOnlyList<WarningBody> WarningDetails
)
{
    public static ValidationBody From(ValidationReport report) =>
        new(
            report.IsValid,
            report.Errors,
            [.. report.Warnings.Select(warning => warning.Message)],
            report.NodeErrors,
            report.ErrorCount,
            report.Warnings.Count,
            WarningBody.Of(report.Warnings)
        );
}
