using System.Data.Common;

namespace SaaSFlows.Host.Configuration;

/// <summary>A database's address as a URL, as PostgreSQL's own programs take it.</summary>
internal static class DatabaseUrl
{
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["host"] = "Host",
    };

    private static readonly string[] SslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    /// <summary>The connection string that means the same.</summary>
    /// <param name="name">What the writer of <paramref name="url"/> calls it.</param>
    /// <exception cref="SettingException">It is no such URL. The message does not repeat it: it holds a password.</exception>
    public static string ToConnectionString(string name, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new SettingException(
                $"{name} must look like postgresql://user:password@host:5432/database (percent-encode :, / and @ in user and password)."
            );
        }

        var result = new DbConnectionStringBuilder();
        var user = uri.UserInfo.Split(':', 2);
        Set("Host", uri.DnsSafeHost);
        Set("Port", uri.Port > 0 ? $"{uri.Port}" : "");
        Set("Username", Uri.UnescapeDataString(user[0]));
        Set("Password", user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
        Set("Database", Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')));
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (pair, "");
            if (!Parameters.TryGetValue(key, out var known))
            {
                throw new SettingException($"{name} has the unknown parameter {key}. Known parameters: {string.Join(", ", Parameters.Keys)}.");
            }

            Set(known, known == "SSL Mode" ? SslMode(name, value) : value);
        }

        return result.ConnectionString;

        void Set(string key, string value)
        {
            if (value.Length > 0)
            {
                result[key] = value;
            }
        }
    }

    private static string SslMode(string name, string value) =>
        SslModes.Contains(value, StringComparer.OrdinalIgnoreCase)
            ? value.Replace("-", "", StringComparison.Ordinal)
            : throw new SettingException($"{name}: sslmode must be one of {string.Join(", ", SslModes)}.");
}
