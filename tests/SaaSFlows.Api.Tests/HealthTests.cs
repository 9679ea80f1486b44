using System.Globalization;
using Npgsql;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>What balancers and operators look at.</summary>
public sealed class HealthTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Detailed_health_names_each_dependency_with_its_latency()
    {
        var answer = await GetAsync("/health/detailed");

        Assert.Equal(200, answer.Status);
        var dependencies = answer.Data.GetProperty("dependencies");
        Assert.Equal(
            ["database", "disk", "feed", "mail", "migrations", "queue", "secrets"],
            dependencies.EnumerateObject().Select(each => each.Name).Order()
        );
        Assert.All(dependencies.EnumerateObject(), each => Assert.True(each.Value.GetProperty("latency_ms").GetDouble() >= 0));
        Assert.Equal(
            ("healthy", 0),
            (
                dependencies.GetProperty("migrations").GetProperty("status").GetString(),
                dependencies.GetProperty("migrations").GetProperty("data").GetProperty("missing").GetInt32()
            )
        );
        Assert.True(dependencies.GetProperty("queue").GetProperty("data").TryGetProperty("lag_seconds", out _));
    }

    [Fact]
    public async Task Ready_and_uptime_answer()
    {
        Assert.True((await GetAsync("/health/ready")).Data.GetProperty("ready").GetBoolean());

        var uptime = (await GetAsync("/api/v1/uptime")).Data;
        Assert.True(uptime.GetProperty("uptime_seconds").GetDouble() > 0);
        Assert.True(DateTimeOffset.Parse(uptime.GetProperty("started_at").GetString()!, CultureInfo.InvariantCulture) < DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData("/docs/index.html", "swagger-ui")]
    [InlineData("/swagger-ui/index.html", "swagger-ui")]
    [InlineData("/redoc/index.html", "redoc")]
    public async Task Documentation_is_at_each_of_its_addresses(string path, string content)
    {
        using var client = host.Anonymous();

        Assert.Contains(content, await client.GetStringAsync(path, Ct), StringComparison.Ordinal);
        using var folder = await client.GetAsync(path[..path.LastIndexOf('/')], Ct);
        Assert.Equal(path, folder.RequestMessage!.RequestUri!.AbsolutePath);
    }

    private async Task<Answer> GetAsync(string path)
    {
        using var client = host.Anonymous();
        return await Answer.FromAsync(await client.GetAsync(path, Ct));
    }
}

/// <summary>Health while the schema is not the program's.</summary>
public sealed class SickHealthTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_migration_makes_the_process_unready_and_is_named()
    {
        await host.ScalarAsync<int>("delete from public.schema_migrations where version = 22 returning version");

        var answer = await host.UntilUnavailableAsync("/health/ready");

        Assert.Equal(("UNAVAILABLE", "dependency.unhealthy"), (answer.Code, answer.Reason));
        Assert.Equal("unhealthy", answer.Details.GetProperty("dependencies").GetProperty("migrations").GetProperty("status").GetString());
        using var client = host.Anonymous();
        Assert.Equal(200, (await Answer.FromAsync(await client.GetAsync("/health", Ct))).Status);
    }
}

/// <summary>Health while the database is away.</summary>
public sealed class LonelyHealthTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_whose_database_is_gone_lives_and_is_not_ready_and_tells_no_secrets()
    {
        await using (
            var admin = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(host.Database.AdminConnectionString) { Database = "postgres", Pooling = false }.ConnectionString
            )
        )
        {
            await admin.OpenAsync(Ct);
            await using var close = new NpgsqlCommand($"alter database \"{host.Database.Name}\" allow_connections false", admin);
            await close.ExecuteNonQueryAsync(Ct);
            await using var end = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", admin)
            {
                Parameters = { new() { Value = host.Database.Name } },
            };
            await end.ExecuteScalarAsync(Ct);
        }

        var answer = await host.UntilUnavailableAsync("/health/detailed");

        var database = answer.Details.GetProperty("dependencies").GetProperty("database");
        Assert.Equal(
            ("unhealthy", "It does not answer; the log says why."),
            (database.GetProperty("status").GetString(), database.GetProperty("message").GetString())
        );
        Assert.Equal("dependency.unhealthy", (await host.UntilUnavailableAsync("/health/ready")).Reason);
        using var client = host.Anonymous();
        Assert.Equal(200, (await Answer.FromAsync(await client.GetAsync("/health", Ct))).Status);
        // What does not need the database is measured all the same.
        Assert.Contains("http_server_request_duration_seconds_count", await client.GetStringAsync("/metrics", Ct), StringComparison.Ordinal);
    }
}

internal static class HealthWaits
{
    public static async Task<Answer> UntilUnavailableAsync(this ApiHost host, string path)
    {
        using var client = host.Anonymous();
        Answer? answer = null;
        await Eventually.True(
            async () => (answer = await Answer.FromAsync(await client.GetAsync(path, TestContext.Current.CancellationToken))).Status == 503,
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
        return answer!;
    }
}
