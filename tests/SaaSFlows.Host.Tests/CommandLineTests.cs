using System.Diagnostics;
using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host.Tests;

/// <summary>What the program answers without serving.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("health", "--help")]
    public void Help_names_verbs_roles_and_settings(params string[] arguments)
    {
        var (exit, output, errors) = Run(arguments);

        Assert.Equal((0, ""), (exit, errors));
        foreach (
            var word in (string[])
                [
                    "health",
                    "tenant suspend|resume SLUG",
                    "--version",
                    "ConnectionStrings:Postgres",
                    "SAASFLOWS_MASTER_KEY",
                    "Urls",
                    "PORT",
                    .. Enum.GetNames<ProcessRoles>(),
                ]
        )
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Version_is_a_line_with_nothing_else() => Assert.Matches(@"^\d+\.\d+\.\d+\r?\n$", Run(["--version"]).Output);

    [Theory]
    [InlineData("serve")]
    [InlineData("tenant")]
    [InlineData("tenant", "drop", "acme")]
    [InlineData("tenant", "suspend")]
    [InlineData("tenant", "suspend", "--Roles=Api")]
    [InlineData("--bogus")]
    [InlineData("--Urls", "--Roles=Api")]
    public void An_unknown_command_is_told_what_there_is(params string[] arguments)
    {
        var (exit, output, errors) = Run(arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains($"'{arguments[0]}", errors, StringComparison.Ordinal);
        Assert.Contains("--version", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("health")]
    [InlineData("health", "--Urls=http://localhost:1")]
    [InlineData("tenant", "suspend", "acme")]
    [InlineData("--Roles", "Api")]
    [InlineData("/Roles=Api")]
    [InlineData("Roles=Api")]
    public void What_the_program_knows_goes_on(params string[] arguments) => Assert.Null(Run(arguments).Exit);

    [Fact]
    public async Task The_program_asks_before_anything_else()
    {
        using var program = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SaaSFlows.Host"), ["serve"]) { RedirectStandardError = true }
        )!;
        var errors = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, program.ExitCode);
        Assert.StartsWith("There is no command 'serve'.", errors, StringComparison.Ordinal);
    }

    private static (int? Exit, string Output, string Errors) Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (CommandLine.Run(arguments, output, errors), output.ToString(), errors.ToString());
    }
}
