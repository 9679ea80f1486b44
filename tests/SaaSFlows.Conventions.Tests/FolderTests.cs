using System.Reflection;
using Mono.Cecil;

namespace SaaSFlows.Conventions.Tests;

/// <summary>The walls inside the projects: folders build on each other in one direction, and keep what is internal to themselves.</summary>
public sealed class FolderTests
{
    // They put the whole project together, so they know all of it and nobody knows them.
    private static readonly string[] _composition = ["Services", "Composition", "Configuration", "Model", "Program", "Checkout", "FirstRun"];

    public static TheoryData<string> Projects => [.. Repository.Projects("src").Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_of_a_project_use_each_other_in_one_direction(string project)
    {
        var uses = Uses(project).ToLookup(use => Folder(project, use.From), use => (Folder: Folder(project, use.To), use.From, use.To));
        var cycles =
            from folder in uses.Select(all => all.Key)
            from use in uses[folder]
            where use.Folder != folder && Reaches(uses, use.Folder, folder)
            select $"{folder} → {use.Folder}: {use.From.FullName} uses {use.To.FullName}";
        Assert.True(!cycles.Any(), string.Join('\n', cycles.Order()));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void What_is_internal_to_a_folder_is_used_there_only(string project)
    {
        var foreign =
            from use in Uses(project)
            // A folder's registration knows the folders in it.
            where !use.From.Name.EndsWith("Services", StringComparison.Ordinal)
            let space = use.To.Namespace
            let end = space.IndexOf(".Internal", StringComparison.Ordinal)
            where end > 0 && !$"{use.From.Namespace}.".StartsWith($"{space[..end]}.", StringComparison.Ordinal)
            select $"{use.From.FullName} uses {use.To.FullName}";
        Assert.True(!foreign.Any(), string.Join('\n', foreign.Order()));
    }

    private static IEnumerable<(TypeReference From, TypeReference To)> Uses(string project) =>
        TypeUses.Of(Assembly.Load(project)).Where(use => !IsComposition(project, use.From));

    // Program has no namespace.
    private static bool IsComposition(string project, TypeReference type) =>
        (type.Namespace == project || type.Namespace.Length == 0) && _composition.Any(type.Name.EndsWith);

    // What lies in no folder, or is internal to the project as a whole, counts as one.
    private static string Folder(string project, TypeReference type) =>
        type.Namespace.Length > project.Length && type.Namespace[(project.Length + 1)..].Split('.')[0] is var name and not "Internal"
            ? name
            : "(none)";

    private static bool Reaches(ILookup<string, (string Folder, TypeReference From, TypeReference To)> uses, string from, string to)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out var folder))
        {
            if (folder == to)
            {
                return true;
            }

            if (seen.Add(folder))
            {
                foreach (var next in uses[folder].Select(use => use.Folder).Distinct())
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }
}
