using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;

namespace SaaSFlows.Postgres.Tests.Embedded;

/// <summary>A folder of a test's own, with everything to start a server in it.</summary>
internal sealed class Workplace : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_101_101;
    private const UnixFileMode OwnerOnly = (UnixFileMode)0b111_000_000;

    private Workplace(EmbeddedPostgresOptions options, string folder) => (Options, Folder) = (options, folder);

    public EmbeddedPostgresOptions Options { get; set; }

    public string Folder { get; }

    public string Cluster => Path.Combine(Options.DataDirectory, "cluster");

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Workplace> CreateAsync()
    {
        var binaries = await EmbeddedBinaries.EnsureAsync(RepositoryRoot.Find()!, Console.WriteLine, Ct);
        var folder = Directory.CreateTempSubdirectory("saasflows-").FullName;
        Open(folder);
        return new(
            new EmbeddedPostgresOptions
            {
                BinariesDirectory = binaries,
                DataDirectory = Path.Combine(folder, "data"),
                SystemDirectory = Path.Combine(folder, "system"),
            },
            folder
        );
    }

    public static void Open(string folder) => File.SetUnixFileMode(folder, Everybody);

    public static void Close(string folder) => File.SetUnixFileMode(folder, OwnerOnly);

    public Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(Options, NullLogger.Instance, Ct);

    public static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    /// <summary>A server on the cluster that nobody looks after, as a killed process without a death signal leaves it behind.</summary>
    public int StartOrphan()
    {
        string[] command =
        [
            Path.Combine(Options.BinariesDirectory, "bin", "pg_ctl"),
            "start",
            "--wait",
            "-D",
            Cluster,
            "-l",
            Path.Combine(Cluster, "server.log"),
        ];
        string[] identity = ["setpriv", $"--reuid={Options.ServerUserId}", $"--regid={Options.ServerUserId}", "--clear-groups"];
        string[] all = Environment.IsPrivilegedProcess ? [.. identity, .. command] : command;
        using var process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return ServerProcessId();
    }

    public int ServerProcessId() => int.Parse(File.ReadLines(Path.Combine(Cluster, "postmaster.pid")).First(), null);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
