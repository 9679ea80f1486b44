using Npgsql;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Postgres.Tests.Embedded;

public sealed class EmbeddedPostgresTests
{
    [Fact]
    public async Task Second_start_finds_the_data_of_the_first()
    {
        using var place = await Workplace.CreateAsync();
        await using (var first = await place.StartAsync())
        {
            await Workplace.AskAsync(first.AdminConnectionString, "create table kept as select 42 as answer");
        }

        Assert.False(File.Exists(Path.Combine(place.Cluster, "postmaster.pid")));
        await using var second = await place.StartAsync();
        Assert.Equal(42, await Workplace.AskAsync(second.AdminConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Data_in_use_is_refused_with_a_message_and_left_alone()
    {
        using var place = await Workplace.CreateAsync();
        await using var first = await place.StartAsync();

        var refusal = await Assert.ThrowsAsync<LocalSetupException>(place.StartAsync);

        Assert.Contains("Another SaaSFlows process already uses the database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Workplace.AskAsync(first.AdminConnectionString, "select 1"));
    }

    [Fact]
    public async Task Superuser_needs_the_password_that_only_its_owner_can_read()
    {
        using var place = await Workplace.CreateAsync();
        await using var server = await place.StartAsync();
        var guess = new NpgsqlConnectionStringBuilder(server.AdminConnectionString) { Password = "postgres" };

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Workplace.AskAsync(guess.ConnectionString, "select 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(place.Options.DataDirectory, "password")));
        Assert.Equal(["cluster", "lock", "password"], Directory.GetFileSystemEntries(place.Options.DataDirectory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Settings_reach_the_server_and_end_with_it()
    {
        using var place = await Workplace.CreateAsync();
        place.Options = place.Options with { Settings = new Dictionary<string, string> { ["application_name"] = "it's ours" } };
        await using (var server = await place.StartAsync())
        {
            Assert.Equal(
                "it's ours",
                await Workplace.AskAsync(server.AdminConnectionString, "select reset_val from pg_settings where name = 'application_name'")
            );
        }

        place.Options = place.Options with { Settings = new Dictionary<string, string>() };
        await using var plain = await place.StartAsync();
        Assert.Equal("", await Workplace.AskAsync(plain.AdminConnectionString, "select reset_val from pg_settings where name = 'application_name'"));
    }

    [Fact]
    public async Task Shared_server_is_started_once_and_runs_until_it_is_stopped()
    {
        using var place = await Workplace.CreateAsync();
        place.Options = place.Options with { Shared = true };

        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => place.StartAsync()));

        Assert.Single(servers.Select(server => server.Port).Distinct());
        await servers[0].DisposeAsync();
        Assert.Equal("off", await Workplace.AskAsync(servers[1].AdminConnectionString, "show fsync"));
        await servers[1].StopAsync(Workplace.Ct);
        await Assert.ThrowsAsync<NpgsqlException>(() => Workplace.AskAsync(servers[2].AdminConnectionString, "select 1"));
    }
}
