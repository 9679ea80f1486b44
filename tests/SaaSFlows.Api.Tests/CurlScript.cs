using System.Diagnostics;
using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>Runs examples of the documents as they stand there, but for address and account.</summary>
internal static class CurlScript
{
    // Put before examples that show no token: each curl sends it.
    private const string WithToken = "curl() { command curl -H \"Authorization: Bearer {token}\" \"$@\"; }\n";

    /// <summary>What the last command prints.</summary>
    public static async Task<JsonElement> RunAsync(ApiHost host, Member member, string script, CancellationToken ct)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The examples are written for a Unix shell.");
        Assert.SkipUnless(IsInstalled("curl") && IsInstalled("jq"), "curl and jq are not installed.");
        var address = host.Address.ToString().TrimEnd('/');
        var text = script
            .Replace("http://localhost:8080", address, StringComparison.Ordinal)
            .Replace("http://localhost:8000", address, StringComparison.Ordinal)
            .Replace("user@example.com", member.Email, StringComparison.Ordinal)
            .Replace("\"password\": \"password\"", $"\"password\": \"{Member.Password}\"", StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", text]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(ct), shell.StandardError.ReadToEndAsync(ct));
        await shell.WaitForExitAsync(ct);
        Assert.True(shell.ExitCode == 0, await errors);
        return JsonElement.Parse(await output);
    }

    /// <summary>The same for examples that show no token.</summary>
    public static Task<JsonElement> RunSignedInAsync(ApiHost host, Member member, string script, CancellationToken ct) =>
        RunAsync(host, member, WithToken.Replace("{token}", member.Http.DefaultRequestHeaders.Authorization!.Parameter, StringComparison.Ordinal) + script, ct);

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
