using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>Checks that the workflows that a definition starts exist.</summary>
internal static class WorkflowReferences
{
    /// <summary>Adds a warning to the report for each node that starts a workflow which does not exist in its community or is not in use.</summary>
    public static async Task<ValidationReport> AddToAsync(
        AppDb db,
        ValidationReport report,
        WorkflowDefinition definition,
        CommunityId community,
        CancellationToken ct
    )
    {
        var named = definition.Nodes.Select(node => (node.Id, Name: NameIn(node))).Where(pair => pair.Name is not null).ToList();
        if (named.Count == 0 && definition.Settings.OnFailure is null)
        {
            return report;
        }

        var known = await db.Set<WorkflowRow>()
            .AsNoTracking()
            .Where(row => row.CommunityId == community)
            .Select(row => new
            {
                row.Id,
                row.Key,
                row.Status,
            })
            .ToListAsync(ct);
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in known)
        {
            byName[row.Key] = row.Status;
            byName[row.Id.Value.ToString()] = row.Status;
        }

        var keys = known.ConvertAll(row => row.Key);
        var warnings = named
            .Select(pair =>
                WarningOf($"Node '{pair.Id}': workflow", pair.Name!, byName, keys) is { } warning
                    ? warning with
                    {
                        Node = pair.Id.Value,
                        Field = "workflow",
                    }
                    : null
            )
            .Append(
                definition.Settings.OnFailure is { } keeper && !byName.ContainsKey(keeper)
                    ? WarningOf("settings.on_failure", keeper, byName, keys)
                    : null
            );
        return report with { Warnings = [.. report.Warnings, .. warnings.OfType<ValidationWarning>()] };
    }

    private static ValidationWarning? WarningOf(string place, string name, Dictionary<string, string> known, IEnumerable<string> keys)
    {
        var normal = Guid.TryParse(name, out var id) && known.ContainsKey(id.ToString()) ? id.ToString() : name;
        if (known.TryGetValue(normal, out var status))
        {
            return status == WorkflowStatus.Active
                ? null
                : new(
                    WarningCodes.UnknownWorkflow,
                    status == WorkflowStatus.Archived
                        ? $"{place}: '{name}' is archived, so it cannot be started. Restore it."
                        : $"{place}: '{name}' is not published, so it cannot be started. Publish it."
                );
        }

        var near = NearestName.To(name, keys);
        return new(
            WarningCodes.UnknownWorkflow,
            $"{place}: The community has no workflow with the id or key '{name}'.{(near is null ? "" : $" Write {near}.")}"
        )
        {
            Suggestion = near,
        };
    }

    private static string? NameIn(NodeDefinition node) =>
        node.Type == NodeTypes.RunWorkflow
        && node.Config.TryGetProperty("workflow", out var workflow)
        && workflow.ValueKind == JsonValueKind.String
        && workflow.GetString() is { Length: > 0 } name
        && !name.Contains("{{", StringComparison.Ordinal)
            ? name
            : null;
}
