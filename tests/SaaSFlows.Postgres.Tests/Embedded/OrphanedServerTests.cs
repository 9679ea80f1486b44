using System.Diagnostics;

namespace SaaSFlows.Postgres.Tests.Embedded;

/// <summary>What a killed process leaves behind must not keep the next one from starting.</summary>
public sealed class OrphanedServerTests
{
    [Fact]
    public async Task Orphaned_server_is_replaced_and_its_data_kept()
    {
        using var place = await PlaceWithDataAsync();
        var orphan = place.StartOrphan();

        await using var server = await place.StartAsync();

        Assert.NotEqual(orphan, place.ServerProcessId());
        Assert.Equal(42, await Workplace.AskAsync(server.AdminConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Killed_server_recovers_even_while_it_is_a_zombie()
    {
        using var place = await PlaceWithDataAsync();
        Process.GetProcessById(place.StartOrphan()).Kill();

        await using var server = await place.StartAsync();

        Assert.Equal(42, await Workplace.AskAsync(server.AdminConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Pid_file_that_names_a_stranger_is_not_believed()
    {
        using var place = await PlaceWithDataAsync();
        await File.WriteAllLinesAsync(
            Path.Combine(place.Cluster, "postmaster.pid"),
            [$"{Environment.ProcessId}", place.Cluster, "1", "1", "", "127.0.0.1", "1 1", "ready"],
            Workplace.Ct
        );

        await using var server = await place.StartAsync();

        Assert.Equal(42, await Workplace.AskAsync(server.AdminConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Half_made_cluster_is_made_anew()
    {
        using var place = await Workplace.CreateAsync();
        Directory.CreateDirectory(Path.Combine(place.Cluster + ".half", "files", "base"));

        await using var server = await place.StartAsync();

        Assert.Equal(1, await Workplace.AskAsync(server.AdminConnectionString, "select 1"));
        Assert.False(Directory.Exists(place.Cluster + ".half"));
    }

    private static async Task<Workplace> PlaceWithDataAsync()
    {
        var place = await Workplace.CreateAsync();
        await using var server = await place.StartAsync();
        await Workplace.AskAsync(server.AdminConnectionString, "create table kept as select 42 as answer");
        return place;
    }
}
