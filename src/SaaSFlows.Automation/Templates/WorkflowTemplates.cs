using System.Text.Json;

namespace SaaSFlows.Automation.Templates;

/// <summary>Workflows to begin with. Each passes validation as it is.</summary>
public static class WorkflowTemplates
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<WorkflowTemplate> All { get; } = Read();

    private static IReadOnlyList<WorkflowTemplate> Read()
    {
        using var stream = typeof(WorkflowTemplates).Assembly.GetManifestResourceStream("templates.json")!;
        using var document = JsonDocument.Parse(stream);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(template => new WorkflowTemplate(
                    template.GetProperty("template_id").GetString()!,
                    template.GetProperty("category").GetString()!,
                    template.GetProperty("workflow").Clone()
                )),
        ];
    }
}

/// <param name="Id">Stable.</param>
/// <param name="Category">For people: support, operations and so on.</param>
/// <param name="Workflow">What a workflow is created with: name, description, nodes, connections, global_variables.</param>
public sealed record WorkflowTemplate(string Id, string Category, JsonElement Workflow)
{
    public string Name => Workflow.GetProperty("name").GetString()!;

    public string Description => Workflow.GetProperty("description").GetString()!;
}
