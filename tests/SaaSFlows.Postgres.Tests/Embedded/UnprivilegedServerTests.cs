using System.Diagnostics;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Postgres.Tests.Embedded;

/// <summary>PostgreSQL refuses root: as root the server gets a user of its own, which may be unable to enter the checkout.</summary>
public sealed class UnprivilegedServerTests
{
    [Fact]
    public async Task Server_runs_as_its_own_user_from_a_closed_checkout()
    {
        SkipUnlessRoot();
        using var place = await Workplace.CreateAsync();
        var checkout = ClosedCheckout(place);
        int process;
        await using (var server = await place.StartAsync())
        {
            Assert.StartsWith(place.Options.SystemDirectory, server.DataDirectory, StringComparison.Ordinal);
            process = int.Parse(File.ReadLines(Path.Combine(server.DataDirectory, "cluster", "postmaster.pid")).First(), null);
            Assert.StartsWith(place.Options.SystemDirectory, new FileInfo($"/proc/{process}/exe").LinkTarget, StringComparison.Ordinal);
            Assert.Contains(
                $"Uid:\t{place.Options.ServerUserId}\t",
                await File.ReadAllTextAsync($"/proc/{process}/status", Workplace.Ct),
                StringComparison.Ordinal
            );
            await Workplace.AskAsync(server.AdminConnectionString, "create table kept as select 42 as answer");
        }

        // Opened later, the checkout doesn't hide the data that is outside.
        Workplace.Open(checkout);
        await using var again = await place.StartAsync();
        Assert.Equal(42, await Workplace.AskAsync(again.AdminConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Data_in_a_checkout_that_was_closed_later_is_not_replaced_by_an_empty_database()
    {
        SkipUnlessRoot();
        using var place = await Workplace.CreateAsync();
        var checkout = Directory.CreateDirectory(Path.Combine(place.Folder, "checkout")).FullName;
        place.Options = place.Options with { DataDirectory = Path.Combine(checkout, "data") };
        await (await place.StartAsync()).DisposeAsync();
        Workplace.Close(checkout);

        var refusal = await Assert.ThrowsAsync<LocalSetupException>(place.StartAsync);

        Assert.Contains("can't be reached by the server's user any more", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chmod", "o+w")]
    [InlineData("chown", "nobody")]
    public async Task Copied_programs_that_another_user_could_change_are_not_run(string tool, string argument)
    {
        SkipUnlessRoot();
        using var place = await Workplace.CreateAsync();
        ClosedCheckout(place);
        await (await place.StartAsync()).DisposeAsync();
        var program = Directory.GetFiles(place.Options.SystemDirectory, "initdb", SearchOption.AllDirectories).Single();
        await Process.Start(tool, [argument, program]).WaitForExitAsync(Workplace.Ct);

        var refusal = await Assert.ThrowsAsync<LocalSetupException>(place.StartAsync);

        Assert.Contains(program, refusal.Message, StringComparison.Ordinal);
    }

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root needs another user for the server.");

    private static string ClosedCheckout(Workplace place)
    {
        var checkout = Directory.CreateDirectory(Path.Combine(place.Folder, "checkout")).FullName;
        Workplace.Close(checkout);
        var package = Path.Combine(checkout, "package");
        Process.Start("cp", ["-RP", Path.GetDirectoryName(place.Options.BinariesDirectory)!, package]).WaitForExit();
        place.Options = place.Options with { BinariesDirectory = Path.Combine(package, "native"), DataDirectory = Path.Combine(checkout, "data") };
        return checkout;
    }
}
