using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace SaaSFlows.Host.Configuration;

/// <summary>
/// Other names of our settings: environment variables, and keys of a <c>config.toml</c>. A setting's own name wins over a
/// variable, and that over the file; a wrong value ends the start with a message that names it.
/// </summary>
internal static class SettingAliases
{
    private const string Postgres = "ConnectionStrings:Postgres";
    private const string MasterKey = "SAASFLOWS_MASTER_KEY";
    private const string DefaultHost = "127.0.0.1";
    private const string DefaultPort = "8080";
    private const string GrpcUrl = "Grpc:Url";
    private const string GrpcPort = "50070";

    private static readonly Dictionary<string, string> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = "Trace",
        ["debug"] = "Debug",
        ["info"] = "Information",
        ["warn"] = "Warning",
        ["warning"] = "Warning",
        ["error"] = "Error",
        ["off"] = "None",
    };

    /// <summary>Variable, key in the file, and what they mean here. HOST and PORT are read together, and gRPC is served at the same host.</summary>
    public static IReadOnlyList<SettingAlias> All { get; } =
    [
        new("HOST", "server.host", "Urls", Host),
        new("PORT", "server.port", "Urls", (name, value) => Whole(name, value, 0, 65_535)),
        new("DATABASE_URL", "database.url", Postgres, DatabaseUrl.ToConnectionString),
        new("DB_MAX_CONNECTIONS", "database.max_connections", "Database:MaxConnections", (name, value) => Whole(name, value, 10, 10_000)),
        new("DB_CONNECTION_TIMEOUT", "database.connection_timeout", "Database:ConnectionTimeout", (name, value) => Whole(name, value, 1, 1_024)),
        new("JWT_SECRET", "auth.jwt_secret", MasterKey, SealingKey),
        new("JWT_EXPIRATION", "auth.jwt_expiration", "AccessTokens:Lifetime", (name, value) => Seconds(name, value, 86_400)),
        new("JWT_REFRESH_EXPIRATION", "auth.refresh_expiration", "AccessTokens:RefreshLifetime", (name, value) => Seconds(name, value, 31_536_000)),
        new("RATE_LIMIT_PER_MINUTE", "rate_limiting.requests_per_minute", "RateLimits:PerMinute", (name, value) => Whole(name, value, 1, 1_000_000)),
        new("RATE_LIMIT_BURST", "rate_limiting.burst_size", "RateLimits:Burst", (name, value) => Whole(name, value, 1, 1_000_000)),
        new("METRICS_ENABLED", "monitoring.metrics_enabled", "Metrics:Enabled", YesNo),
        new("TRACING_ENABLED", "monitoring.tracing_enabled", "Telemetry:Tracing", YesNo),
        new("LOG_LEVEL", "monitoring.log_level", "Logging:LogLevel:Default", LogLevel),
        new("NOTION_MCP_URL", "services.notion_mcp_url", "ExternalServices:Notion", Address),
        new("SLACK_MCP_URL", "services.slack_mcp_url", "ExternalServices:Slack", Address),
        new("HELPSCOUT_MCP_URL", "services.helpscout_mcp_url", "ExternalServices:HelpScout", Address),
    ];

    /// <summary>Puts what the aliases say below the environment's own settings and above the files'.</summary>
    /// <exception cref="SettingException">A value is wrong, or the file has a key that nobody knows.</exception>
    public static void AddSettingAliases(this ConfigurationManager configuration, string contentRoot)
    {
        var values = Read(configuration, contentRoot);
        var settings = All.Where(alias => values.ContainsKey(alias.Variable) && alias.Setting != "Urls" && !IsSet(configuration, alias.Setting))
            .ToDictionary(alias => alias.Setting, alias => (string?)alias.Convert(values[alias.Variable].Name, values[alias.Variable].Value));
        if ((values.ContainsKey("HOST") || values.ContainsKey("PORT")) && string.IsNullOrEmpty(configuration["Urls"]))
        {
            Listen(settings, values, withGrpc: configuration[GrpcUrl] is null);
        }

        var sources = ((IConfigurationBuilder)configuration).Sources;
        var environment = sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault(source => string.IsNullOrEmpty(source.Prefix));
        sources.Insert(environment is null ? sources.Count : sources.IndexOf(environment), new MemoryConfigurationSource { InitialData = settings });
    }

    private static void Listen(Dictionary<string, string?> settings, Dictionary<string, (string Name, string Value)> values, bool withGrpc)
    {
        var (host, hostValue) = values.GetValueOrDefault("HOST", ("HOST", DefaultHost));
        var (port, portValue) = values.GetValueOrDefault("PORT", ("PORT", DefaultPort));
        var (address, number) = (Host(host, hostValue), Whole(port, portValue, 0, 65_535));
        settings["Urls"] = $"http://{address}:{number}";
        if (withGrpc)
        {
            // Any free port for one is any free port for both.
            settings[GrpcUrl] = $"http://{address}:{(number == "0" ? number : GrpcPort)}";
        }
    }

    // A secret of any length and no known form: made long to guess, and another one for every purpose. It never signs anything itself.
    private static string SealingKey(string name, string secret) =>
        secret.Length >= 12
            ? Convert.ToBase64String(
                Rfc2898DeriveBytes.Pbkdf2(secret, "saasflows master key"u8.ToArray().AsSpan(), 600_000, HashAlgorithmName.SHA256, 32)
            )
            : throw new SettingException($"{name} must have at least 12 characters; better 32 random ones.");

    private static Dictionary<string, (string Name, string Value)> Read(ConfigurationManager configuration, string contentRoot)
    {
        var path = Path.Combine(contentRoot, configuration["SAASFLOWS_CONFIG"] ?? "config.toml");
        if (!File.Exists(path) && configuration["SAASFLOWS_CONFIG"] is not null)
        {
            throw new SettingException($"SAASFLOWS_CONFIG names the file {path}, which does not exist.");
        }

        var file = File.Exists(path) ? TomlFile.Parse(path, File.ReadAllText(path, Encoding.UTF8)) : [];
        if (file.Keys.Except(All.Select(alias => alias.FileKey)).FirstOrDefault() is { } stranger)
        {
            throw new SettingException(
                $"{path}: there is no setting {stranger}. There are: {string.Join(", ", All.Select(alias => alias.FileKey))}."
            );
        }

        var values = new Dictionary<string, (string, string)>();
        foreach (var alias in All)
        {
            if (configuration[alias.Variable] is { Length: > 0 } variable)
            {
                values[alias.Variable] = (alias.Variable, variable);
            }
            else if (file.TryGetValue(alias.FileKey, out var value))
            {
                values[alias.Variable] = ($"{path}: {alias.FileKey}", value);
            }
        }

        return values;
    }

    // The files that come with the program set the log level too; they are below the aliases.
    private static bool IsSet(ConfigurationManager configuration, string setting) =>
        !setting.StartsWith("Logging:", StringComparison.Ordinal) && !string.IsNullOrEmpty(configuration[setting]);

    // A server that does not know a host's name would listen on all addresses.
    private static string Host(string name, string value) =>
        value is "localhost" or "*" ? value
        : IPAddress.TryParse(value, out var address)
            ? address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]"
                : $"{address}"
        : throw new SettingException($"{name} must be an IP address of this machine, 0.0.0.0 for all of them, or localhost; not '{value}'.");

    private static string Whole(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new SettingException($"{name} must be a whole number from {least} to {most}, not '{value}'.");

    private static string Seconds(string name, string value, int most) =>
        TimeSpan.FromSeconds(int.Parse(Whole(name, value, 1, most), CultureInfo.InvariantCulture)).ToString("c", CultureInfo.InvariantCulture);

    private static string YesNo(string name, string value) =>
        bool.TryParse(value, out var flag) ? (flag ? "true" : "false") : throw new SettingException($"{name} must be true or false, not '{value}'.");

    private static string LogLevel(string name, string value) =>
        LogLevels.TryGetValue(value, out var level)
            ? level
            : throw new SettingException($"{name} must be one of {string.Join(", ", LogLevels.Keys)}, not '{value}'.");

    private static string Address(string name, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? value
            : throw new SettingException($"{name} must be an address that begins with http:// or https://.");
}

/// <summary>Other names of one setting.</summary>
/// <param name="Variable">In the environment.</param>
/// <param name="FileKey">In <c>config.toml</c>, with its table.</param>
/// <param name="Setting">Ours.</param>
/// <param name="Convert">From the name as its writer knows it and the value to ours.</param>
internal sealed record SettingAlias(string Variable, string FileKey, string Setting, Func<string, string, string> Convert);
