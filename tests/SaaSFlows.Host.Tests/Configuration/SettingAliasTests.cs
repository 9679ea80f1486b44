using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SaaSFlows.Host.Configuration;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Host.Tests.Configuration;

/// <summary>Variables and a file as other names of our settings.</summary>
public sealed partial class SettingAliasTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("saasflows-settings-").FullName;

    private static string Page => File.ReadAllText(Path.Combine(RepositoryRoot.Find()!, "docs", "configuration.md"));

    [Fact]
    public void Every_variable_of_the_seed_is_understood()
    {
        var configuration = Read(
            new()
            {
                ["DATABASE_URL"] = "postgresql://user:pass@localhost/workflow_db",
                ["JWT_SECRET"] = "your-secure-random-secret-key",
                ["HOST"] = "0.0.0.0",
                ["PORT"] = "8080",
                ["RATE_LIMIT_PER_MINUTE"] = "61",
                ["RATE_LIMIT_BURST"] = "11",
                ["DB_MAX_CONNECTIONS"] = "10",
                ["DB_CONNECTION_TIMEOUT"] = "30",
                ["JWT_EXPIRATION"] = "1800",
                ["JWT_REFRESH_EXPIRATION"] = "604800",
                ["METRICS_ENABLED"] = "false",
                ["TRACING_ENABLED"] = "false",
                ["LOG_LEVEL"] = "warn",
                ["NOTION_MCP_URL"] = "http://localhost:8002",
                ["SLACK_MCP_URL"] = "http://localhost:8003",
                ["HELPSCOUT_MCP_URL"] = "http://localhost:8001",
            }
        );

        Assert.Equal("http://0.0.0.0:8080", configuration["Urls"]);
        Assert.Equal((61, 11), (configuration.RateLimits().PerMinute, configuration.RateLimits().Burst));
        Assert.Equal(
            (5, 3, 2),
            (configuration.Database().PoolSizes().App, configuration.Database().PoolSizes().Engine, configuration.Database().PoolSizes().Lookup)
        );
        Assert.Equal(
            "30",
            new DbConnectionStringBuilder { ConnectionString = configuration.Database().Apply(configuration.GetConnectionString("Postgres")!) }[
                "timeout"
            ]
        );
        Assert.Equal(
            (TimeSpan.FromMinutes(30), TimeSpan.FromDays(7)),
            (configuration.AccessTokens().Lifetime, configuration.AccessTokens().RefreshLifetime)
        );
        Assert.False(configuration.Metrics().Enabled);
        Assert.Equal("Warning", configuration["Logging:LogLevel:Default"]);
        Assert.Equal(
            ["http://localhost:8002/", "http://localhost:8003/", "http://localhost:8001/"],
            new[]
            {
                configuration.ExternalServices().Notion,
                configuration.ExternalServices().Slack,
                configuration.ExternalServices().HelpScout,
            }.Select(uri => $"{uri}")
        );
    }

    [Theory]
    [InlineData("PORT", "9000", null, "http://127.0.0.1:50070")]
    [InlineData("PORT", "0", null, "http://127.0.0.1:0")]
    [InlineData("HOST", "0.0.0.0", null, "http://0.0.0.0:50070")]
    [InlineData("HOST", "*", null, "http://*:50070")]
    [InlineData("PORT", "9000", "http://*:60000", "http://*:60000")]
    [InlineData("PORT", "9000", "", "")]
    public void Grpc_stays_on_where_only_host_or_port_are_set(string variable, string value, string? own, string expected)
    {
        var variables = new Dictionary<string, string?> { [variable] = value };
        if (own is not null)
        {
            variables["Grpc:Url"] = own;
        }

        Assert.Equal(expected, Read(variables).GrpcUrl());
    }

    [Fact]
    public void The_secret_derives_a_key_and_is_none_itself()
    {
        var key = Convert.FromBase64String(Read(new() { ["JWT_SECRET"] = "your-secure-random-secret-key" }).MasterKey().Current!);

        Assert.Equal(32, key.Length);
        Assert.Equal(key, Convert.FromBase64String(Read(new() { ["JWT_SECRET"] = "your-secure-random-secret-key" }).MasterKey().Current!));
        Assert.NotEqual(key, Convert.FromBase64String(Read(new() { ["JWT_SECRET"] = "your-secure-random-secret-kez" }).MasterKey().Current!));
        Assert.False(key.AsSpan().SequenceEqual("your-secure-random-secret-key"u8));
    }

    [Fact]
    public void The_seeds_file_is_read_and_a_variable_wins_over_it_and_our_own_name_over_both()
    {
        File.WriteAllText(
            Path.Combine(_folder, "config.toml"),
            """
            [server]
            host = "0.0.0.0"
            port = 8080

            [database]
            url = "postgresql://user:pass@localhost/workflow_db"
            max_connections = 10
            connection_timeout = 30

            [auth]
            jwt_secret = "your-secret-key"
            jwt_expiration = 3600
            refresh_expiration = 604800

            [rate_limiting]
            requests_per_minute = 60  # as documented
            burst_size = 10

            [monitoring]
            metrics_enabled = true
            tracing_enabled = true
            log_level = "info"

            [services]
            notion_mcp_url = "http://localhost:8002"
            slack_mcp_url = "http://localhost:8003"
            helpscout_mcp_url = "http://localhost:8001"
            """
        );

        var configuration = Read(
            new()
            {
                ["PORT"] = "9000",
                ["RATE_LIMIT_BURST"] = "20",
                ["RateLimits:PerMinute"] = "99",
            }
        );

        Assert.Equal("http://0.0.0.0:9000", configuration["Urls"]);
        Assert.Equal((99, 20), (configuration.RateLimits().PerMinute, configuration.RateLimits().Burst));
        Assert.Equal(
            "Host=localhost;Username=user;Password=pass;Database=workflow_db",
            configuration.GetConnectionString("Postgres"),
            ignoreCase: true
        );
        Assert.NotNull(configuration.MasterKey().Current);
    }

    [Theory]
    [InlineData("PORT", "80a")]
    [InlineData("PORT", "70000")]
    [InlineData("HOST", "example.com")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "0")]
    [InlineData("RATE_LIMIT_BURST", "-1")]
    [InlineData("DB_MAX_CONNECTIONS", "many")]
    [InlineData("DB_CONNECTION_TIMEOUT", "0")]
    [InlineData("JWT_SECRET", "short")]
    [InlineData("JWT_EXPIRATION", "1h")]
    [InlineData("JWT_REFRESH_EXPIRATION", "0")]
    [InlineData("METRICS_ENABLED", "yes")]
    [InlineData("TRACING_ENABLED", "2")]
    [InlineData("LOG_LEVEL", "loud")]
    [InlineData("NOTION_MCP_URL", "localhost:8002")]
    [InlineData("DATABASE_URL", "mysql://user:hunter2@localhost/db")]
    [InlineData("DATABASE_URL", "postgres://user:hunter2@localhost/db?sslmode=maybe")]
    [InlineData("DATABASE_URL", "postgres://user:hunter2@localhost/db?sspmode=require")]
    public void A_wrong_value_is_named_and_a_secret_is_not_repeated(string variable, string value)
    {
        var error = Assert.Throws<SettingException>(() => Read(new() { [variable] = value }));

        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[server]\nhots = \"x\"", "server.hots")]
    [InlineData("[server]\nport = eight", "line 2")]
    [InlineData("[server]\nport = 1\nport = 2", "line 3")]
    [InlineData("[auth]\njwt_secret = [\"hunter2\"]", "auth.jwt_secret")]
    [InlineData("auth = 1\n[auth]\njwt_secret = \"hunter2\"", "line 2")]
    [InlineData("[auth]\njwt_secret = \"hunter2", "line 2")]
    [InlineData("[rate_limiting]\nburst_size = 0", "rate_limiting.burst_size")]
    public void A_wrong_line_of_the_file_is_named_and_not_repeated(string text, string named)
    {
        File.WriteAllText(Path.Combine(_folder, "config.toml"), text);

        var error = Assert.Throws<SettingException>(() => Read([]));

        Assert.Contains("config.toml", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "postgres://u:p%40ss%3A%2F@db.example:6432/my%20db?sslmode=verify-full",
        "Host=db.example;Port=6432;Username=u;Password=p@ss:/;Database=my db;SSL Mode=verifyfull"
    )]
    [InlineData("postgresql://u@[::1]/db?sslmode=require&connect_timeout=5", "Host=::1;Username=u;Database=db;SSL Mode=require;Timeout=5")]
    [InlineData("postgresql://u:a%3Bb%27c@h/db", "Host=h;Username=u;Password=\"a;b'c\";Database=db")]
    public void A_database_url_means_a_connection_string(string url, string expected)
    {
        var actual = new DbConnectionStringBuilder { ConnectionString = DatabaseUrl.ToConnectionString("DATABASE_URL", url) };

        Assert.True(actual.EquivalentTo(new DbConnectionStringBuilder { ConnectionString = expected }), actual.ConnectionString);
    }

    [Fact]
    public void The_page_names_every_alias()
    {
        var rows = AliasRow().Matches(Page).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value));

        Assert.Equal(SettingAliases.All.Select(alias => (alias.Variable, alias.FileKey, alias.Setting)).Order(), rows.Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ConfigurationManager Read(Dictionary<string, string?> variables)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Information" });
        configuration.AddInMemoryCollection(variables);
        configuration.AddSettingAliases(_folder);
        return configuration;
    }

    [GeneratedRegex(@"^\| `([A-Z_]+)` \| `([a-z_.]+)` \| `([A-Za-z_:]+)` \|", RegexOptions.Multiline)]
    private static partial Regex AliasRow();
}
