using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;

namespace SaaSFlows.TestKit;

/// <summary>
/// First one in starts the server, last one out stops it. Each user holds <c>users</c> shared while it lives; starting and stopping happen under
/// <c>gate</c>. The kernel frees both when a process is killed, so the next run finds itself alone and tidies up.
/// </summary>
internal static class SharedServer
{
    // xunit fails a test process that takes ten seconds to exit.
    private static readonly TimeSpan _leaveTimeout = TimeSpan.FromSeconds(8);

    public static async Task<string> StartAsync()
    {
        var root = RepositoryRoot.Find() ?? throw new InvalidOperationException("Tests run inside the checkout.");
        var folder = Path.Combine(root, ".data", "test-postgres");
        var options = new EmbeddedPostgresOptions
        {
            BinariesDirectory = await EmbeddedBinaries.EnsureAsync(root, Console.WriteLine, CancellationToken.None),
            DataDirectory = Path.Combine(folder, "server"),
            Shared = true,
        };
        var (gateFile, usersFile) = (Path.Combine(folder, "gate"), Path.Combine(folder, "users"));
        using var gate = await FileLock.ExclusiveAsync(gateFile, CancellationToken.None);
        var alone = IsFree(usersFile);
        var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        if (alone)
        {
            await DropLeftoversAsync(server.AdminConnectionString);
        }

        var user = FileLock.TryShared(usersFile) ?? throw new InvalidOperationException($"{usersFile} is locked by somebody without {gateFile}.");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave(server, user, gateFile, usersFile);
        return server.AdminConnectionString;
    }

    private static bool IsFree(string usersFile)
    {
        using var taken = FileLock.TryExclusive(usersFile);
        return taken is not null;
    }

    private static void Leave(EmbeddedPostgres server, FileLock user, string gateFile, string usersFile)
    {
        using var patience = new CancellationTokenSource(_leaveTimeout);
        user.Dispose();
        try
        {
            using var gate = FileLock.ExclusiveAsync(gateFile, patience.Token).GetAwaiter().GetResult();
            if (IsFree(usersFile))
            {
                server.StopAsync(patience.Token).GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever holds the gate for so long starts the server, and leaves it later, or stops it.
        }
    }

    private static async Task DropLeftoversAsync(string admin)
    {
        await using var connection = new NpgsqlConnection(admin);
        await connection.OpenAsync();
        var names = new List<string>();
        await using (
            var find = new NpgsqlCommand("select datname from pg_database where datname like 't\\_%' or datname like 'template\\_%'", connection)
        )
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        foreach (var name in names.Where(name => name != "template_" + Postgres.Migrations.Migrator.Fingerprint))
        {
            await TestServer.ExecuteAsync(admin, $"drop database if exists {name} with (force)");
        }
    }
}
