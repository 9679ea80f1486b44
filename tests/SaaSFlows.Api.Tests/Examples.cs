using System.Diagnostics;
using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>Runs what the documents of earlier projects show, by the programs that it is written for.</summary>
internal static class Examples
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What the last command of a shell script prints. Skipped where curl or jq are not installed.</summary>
    /// <param name="replaced">Texts in the script, and what stands there instead.</param>
    public static async Task<JsonElement> CurlAsync(string script, params (string Text, string By)[] replaced)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The examples are written for a Unix shell.");
        Assert.SkipUnless(IsInstalled("curl") && IsInstalled("jq"), "curl and jq are not installed.");
        return JsonElement.Parse(await RunAsync("bash", "-c", Replace(script, replaced)));
    }

    /// <summary>What a script for Node prints.</summary>
    public static async Task<JsonElement> NodeAsync(string script, params (string Text, string By)[] replaced) =>
        JsonElement.Parse(await RunAsync("node", "-e", Replace(script, replaced)));

    /// <summary>What a script for Python prints. Skipped where python3 is not installed.</summary>
    public static Task<string> PythonAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled("python3"), "python3 is not installed.");
        return RunAsync("python3", ["-c", script, .. arguments]);
    }

    private static string Replace(string script, (string Text, string By)[] replaced) =>
        replaced.Aggregate(script, (text, one) => text.Replace(one.Text, one.By, StringComparison.Ordinal));

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
