using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

/// <summary>The database files: made once, configured anew at each start.</summary>
internal sealed class Cluster(ServerHome home, ServerAccount account, EmbeddedPostgresOptions options)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public bool Exists => Directory.Exists(home.Cluster);

    /// <summary>The superuser's password, or null where the server trusts everybody on this machine.</summary>
    public string? ReadPassword() => options.Shared ? null : File.ReadAllText(home.PasswordFile);

    /// <summary>Makes the cluster under another name first, so that a half-made one is never taken for whole.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        var half = home.Cluster + ".half";
        var password = Path.Combine(half, "password");
        var files = Path.Combine(half, "files");
        if (Directory.Exists(half))
        {
            Directory.Delete(half, recursive: true);
        }

        Directory.CreateDirectory(files);
        if (!options.Shared)
        {
            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            WritePrivate(home.PasswordFile, secret);
            WritePrivate(password, secret);
        }

        await ServerAccount.GiveToNamedAsync(half, ct);
        string[] kind = options.Shared ? ["--auth=trust", "--no-sync"] : ["--auth=scram-sha-256", "--pwfile=" + password];
        string[] text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
        await ServerAccount.RequireAsync(
            ServerAccount.NamedCommand(home.Program("initdb"), ["--pgdata=" + files, "--username=postgres", .. kind, .. text]),
            ct
        );
        await account.GiveAsync(files, ct);
        Directory.Move(files, home.Cluster);
        Directory.Delete(half, recursive: true);
    }

    /// <summary>Writes the server's configuration file; it belongs to us, so that settings can't outlive the version that chose them.</summary>
    public async Task ConfigureAsync(int port, CancellationToken ct)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["max_connections"] = options.Shared ? "500" : "200",
            ["log_min_messages"] = "warning",
            ["TimeZone"] = "UTC",
        };
        if (options.Shared)
        {
            (settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"]) = ("off", "off", "off");
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        var text = new StringBuilder();
        foreach (var (name, value) in settings)
        {
            text.Append(name).Append(" = '").Append(value.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        }

        await File.WriteAllTextAsync(Path.Combine(home.Cluster, "postgresql.conf"), text.ToString(), ct);
        File.Delete(home.LogFile);
    }

    public string ReadLog() => File.Exists(home.LogFile) ? File.ReadAllText(home.LogFile) : "";

    private static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = Private;
        }

        using var file = new StreamWriter(path, Encoding.ASCII, how);
        file.Write(text);
    }
}
