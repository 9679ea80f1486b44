using System.Reflection;
using System.Xml.Linq;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Conventions.Tests;

/// <summary>The checkout as files and as assemblies.</summary>
internal static class Repository
{
    public static readonly string Root = RepositoryRoot.Find()!;

    /// <summary>Every project file below <c>src</c> or <c>tests</c>, by the project's name.</summary>
    public static IReadOnlyDictionary<string, XElement> Projects(string folder) =>
        Directory
            .GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), XElement.Load);

    public static IEnumerable<Assembly> Assemblies() => Projects("src").Keys.Order().Select(Assembly.Load);

    /// <summary>The methods that somebody wrote: no lambdas, accessors or generated members.</summary>
    public static IEnumerable<MethodInfo> Methods(this Assembly assembly) =>
        from type in assembly.GetTypes()
        where !type.Name.Contains('<', StringComparison.Ordinal) && !type.IsSubclassOf(typeof(Delegate))
        from method in type.GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
        )
        where !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal)
        select method;

    public static string Title(this MethodInfo method) => $"{method.DeclaringType}.{method.Name}";
}
