using System.Text.Json;
using SaaSFlows.Automation.Workflows;

namespace SaaSFlows.Api.Unversioned;

/// <summary>A workflow as documents 003 and 004 call its fields, and with ours.</summary>
/// <param name="Name">The key, which the paths with a name take.</param>
/// <param name="DisplayName">What people call it.</param>
/// <param name="Active">Whether something can start it: it is published and not paused.</param>
/// <param name="Triggers">What the draft's enabled triggers are, such as manual, webhook, schedule.</param>
/// <param name="Schedule">The cron expression of the first schedule; null for none.</param>
internal record BareWorkflow(
    Guid Id,
    Guid WorkflowId,
    string Name,
    string DisplayName,
    string Description,
    bool Active,
    string Status,
    bool Paused,
    IReadOnlyList<string> Triggers,
    JsonElement? Schedule,
    long EntityId,
    long CommunityId,
    int Revision,
    int? PublishedVersion,
    DateTimeOffset? PublishedAt,
    bool HasUnpublishedChanges,
    bool ReadOnly,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    private const string TriggerPrefix = "trigger_";

    public static BareWorkflow From(WorkflowDetails details) => From(details.Summary, JsonElement.Parse(details.Definition.Span));

    public static bool IsActive(WorkflowSummary workflow) => workflow is { Status: WorkflowStatus.Active, Paused: false };

    protected static BareWorkflow From(WorkflowSummary workflow, JsonElement definition)
    {
        var triggers = TriggersOf(definition).ToList();
        return new(
            workflow.Id.Value,
            workflow.Id.Value,
            workflow.Key,
            workflow.Name,
            workflow.Description,
            IsActive(workflow),
            workflow.Status,
            workflow.Paused,
            [.. triggers.Select(trigger => trigger.Kind).Distinct()],
            triggers.Where(trigger => trigger.Kind == "schedule").Select(trigger => Cron(trigger.Node)).FirstOrDefault(),
            workflow.Entity.Value,
            workflow.Community.Value,
            workflow.Revision,
            workflow.PublishedVersion,
            workflow.PublishedAt,
            workflow.HasUnpublishedChanges,
            workflow.IsReadOnly,
            workflow.CreatedAt,
            workflow.UpdatedAt
        );
    }

    private static IEnumerable<(string Kind, JsonElement Node)> TriggersOf(JsonElement definition) =>
        from node in definition.GetProperty("nodes").EnumerateObject()
        let type = node.Value.GetProperty("node_type").GetString()!
        where
            type.StartsWith(TriggerPrefix, StringComparison.Ordinal)
            && !(node.Value.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.False)
        select (type[TriggerPrefix.Length..], node.Value);

    // A draft may hold anything there.
    private static JsonElement? Cron(JsonElement node) =>
        node.TryGetProperty("config", out var config)
        && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("cron_expression", out var cron)
        && cron.ValueKind == JsonValueKind.String
            ? cron
            : null;
}

/// <summary>A workflow with its draft.</summary>
internal sealed record BareWorkflowDetails : BareWorkflow
{
    private BareWorkflowDetails(BareWorkflow workflow, JsonElement definition)
        : base(workflow)
    {
        Nodes = definition.GetProperty("nodes");
        Connections = definition.GetProperty("connections");
        GlobalVariables = definition.GetProperty("global_variables");
        Settings = definition.TryGetProperty("settings", out var settings) ? settings : JsonElement.Parse("{}");
    }

    public JsonElement Nodes { get; }

    public JsonElement Connections { get; }

    public JsonElement GlobalVariables { get; }

    public JsonElement Settings { get; }

    public static new BareWorkflowDetails From(WorkflowDetails details)
    {
        var definition = JsonElement.Parse(details.Definition.Span);
        return new(From(details.Summary, definition), definition);
    }
}
