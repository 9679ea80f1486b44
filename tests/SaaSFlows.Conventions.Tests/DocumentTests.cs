using System.Text.RegularExpressions;

namespace SaaSFlows.Conventions.Tests;

/// <summary>The guides name files that exist.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Paths_in_the_documents_lead_somewhere()
    {
        var pages = Directory
            .GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "CONTRIBUTING.md"))
            .Append(Path.Combine(Repository.Root, "README.md"));
        var dead =
            from page in pages
            from Match match in SourcePath().Matches(File.ReadAllText(page))
            where !Path.Exists(Path.Combine(Repository.Root, match.Value))
            select $"{Path.GetRelativePath(Repository.Root, page)}: {match.Value}";
        Assert.Empty(dead.Distinct());
    }

    // In backticks and without placeholders, such as `src/SaaSFlows.Host/Program.cs`.
    [GeneratedRegex(@"(?<=`)(?:src|tests)/SaaSFlows[\w./-]+(?=`)")]
    private static partial Regex SourcePath();
}
