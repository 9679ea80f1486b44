using System.Diagnostics;

namespace SaaSFlows.Conventions.Tests;

/// <summary>The layout of the sources: a tool makes it, so nobody argues about it.</summary>
public sealed class LayoutTests
{
    private const int Widest = 150;

    // Made by tools; migrations keep their checksums; and no text in a JSON Schema can be broken.
    private static readonly string[] _whole = ["studio/src/api/schema.d.ts", "src/SaaSFlows.Postgres/Migrations/0", "src/SaaSFlows.Activities/"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_of_code_are_short_enough_to_be_read()
    {
        var files = await RunAsync(
            "git",
            "ls-files",
            "*.cs",
            "*.ts",
            "*.tsx",
            "*.css",
            "*.mjs",
            "*.sql",
            "*.sh",
            "*.proto",
            "*.csproj",
            "*.props",
            "*.targets"
        );
        var wide =
            from file in files.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            where !_whole.Any(file.StartsWith) && File.Exists(Path.Combine(Repository.Root, file))
            from line in File.ReadLines(Path.Combine(Repository.Root, file)).Index()
            where line.Item.Length > Widest
            select $"{file}({line.Index + 1}): {line.Item.Length} characters";
        Assert.True(!wide.Any(), string.Join('\n', wide));
    }

    [Fact]
    public async Task CSharpier_lays_out_the_code()
    {
        await RunAsync("dotnet", "tool", "restore");
        await RunAsync("dotnet", "csharpier", "check", ".");
    }

    // The output of a program that failed is the message of the test: it names the files.
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}{await errors}");
        return output;
    }
}
