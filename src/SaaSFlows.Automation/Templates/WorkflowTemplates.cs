using System.Text.Json;

namespace SaaSFlows.Automation.Templates;

/// <summary>The built-in workflow templates. Each passes validation unchanged.</summary>
public static class WorkflowTemplates
{
    /// <summary>All templates in the order of the list.</summary>
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
/// <param name="Workflow">The body for creating a workflow: name, description, nodes, connections, global_variables.</param>
public sealed record WorkflowTemplate(string Id, string Category, JsonElement Workflow)
{
    public string Name => Workflow.GetProperty("name").GetString()!;

    public string Description => Workflow.GetProperty("description").GetString()!;
}
