namespace SaaSFlows.Conventions.Tests;

public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Primitives"] = [],
        ["Engine"] = ["Primitives"],
        ["Activities"] = ["Engine", "Primitives"],
        ["Vault"] = ["Primitives"],
        ["Outbound"] = [],
        ["LocalSetup"] = [],
        ["Postgres"] = ["Engine", "Primitives"],
        ["Accounts"] = ["Postgres", "Vault", "Outbound", "Primitives"],
        ["Automation"] = ["Engine", "Activities", "Vault", "Postgres", "Accounts", "Outbound", "Primitives"],
        ["Api"] = ["Engine", "Accounts", "Automation", "Primitives"],
        ["Host"] = ["Engine", "Activities", "Vault", "LocalSetup", "Outbound", "Postgres", "Accounts", "Automation", "Api", "Primitives"],
    };

    [Fact]
    public void Projects_reference_only_what_the_architecture_allows()
    {
        var strange =
            from project in Repository.Projects("src")
            let name = project.Key["SaaSFlows.".Length..]
            from reference in project.Value.Descendants("ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)["SaaSFlows.".Length..]
            where !_allowed[name].Contains(target)
            select $"{name} references {target}";
        Assert.Empty(strange);
    }

    [Fact]
    public void References_and_data_packages_do_not_flow_through()
    {
        var build = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Contains("<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>", build, StringComparison.Ordinal);
        Assert.DoesNotContain(Repository.Projects("src").Values, project => project.Descendants("DisableTransitiveProjectReferences").Any());

        var leaks =
            from project in Repository.Projects("src")
            from package in project.Value.Descendants("PackageReference")
            let name = package.Attribute("Include")!.Value
            where name.Contains("EntityFrameworkCore", StringComparison.Ordinal) || name.StartsWith("Npgsql", StringComparison.Ordinal)
            where package.Attribute("PrivateAssets")?.Value != "compile"
            select $"{project.Key}: {name}";
        Assert.Empty(leaks);
    }

    [Fact]
    public void Package_versions_stand_in_one_place_only()
    {
        var local =
            from project in Repository.Projects("src").Concat(Repository.Projects("tests"))
            from package in project.Value.Descendants("PackageReference")
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Elements().Any()
            select $"{project.Key}: {package}";
        Assert.Empty(local);
    }

    [Fact]
    public void Solution_holds_every_project()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "SaaSFlows.sln"));
        var forgotten = Repository
            .Projects("src")
            .Keys.Concat(Repository.Projects("tests").Keys)
            .Where(name => !solution.Contains($"\\{name}.csproj\"", StringComparison.Ordinal));
        Assert.Empty(forgotten);
    }

    [Fact]
    public void No_file_names_a_package_registry()
    {
        string[] files = ["package-lock.json", ".npmrc", "nuget.config", "NuGet.Config", "studio/package-lock.json", "studio/.npmrc"];
        var named = files
            .Select(file => Path.Combine(Repository.Root, file))
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Where(line =>
                line.Contains("\"resolved\": \"http", StringComparison.Ordinal) || line.Contains("registry", StringComparison.OrdinalIgnoreCase)
            );
        Assert.Empty(named);
    }

    [Fact]
    public void Rule_that_is_switched_off_says_why()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, ".editorconfig"));
        var silent = lines.Where((line, i) => IsOff(line) && !lines.Take(i).Reverse().SkipWhile(IsOff).First().StartsWith('#'));
        Assert.Empty(silent);

        static bool IsOff(string line) => line.EndsWith("severity = none", StringComparison.Ordinal);
    }
}
