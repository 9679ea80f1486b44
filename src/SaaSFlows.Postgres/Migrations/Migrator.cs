using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Jobs;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>
/// Brings a database to this program's schema: roles, grants, numbered SQL, functions. Many processes may call it at the same moment.
/// </summary>
public static partial class Migrator
{
    private const int OldestServer = 15;

    // Any number will do, as long as no other use of advisory locks in the database takes it.
    private const long LockKey = 0x5361_6153_466C_6F77;

    private const string History = """
        create table if not exists public.schema_migrations (
            version integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now()
        )
        """;

    /// <summary>Changes with every change of any migration or function: names the templates of test databases.</summary>
    public static string Fingerprint { get; } =
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Concat([.. Migration.All.Select(m => m.Checksum), .. Functions.All.Select(f => f.Checksum), JobTables.Version])
                )
            )
        )[..12];

    /// <summary>Creates the database and the five login roles where they are missing and applies what has not been applied.</summary>
    /// <param name="adminConnectionString">A superuser, or a role with CREATEROLE that owns the database (or has CREATEDB if it is missing).</param>
    /// <exception cref="MigrationException">The server is too old, the database is newer than this program, or an applied migration was
    /// changed.</exception>
    public static async Task MigrateAsync(string adminConnectionString, MigratorOptions options, ILogger logger, CancellationToken ct)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false };
        await using var admin = await OpenAsync(unpooled, ct);
        if (admin.PostgreSqlVersion.Major < OldestServer)
        {
            throw new MigrationException($"PostgreSQL {OldestServer} or newer is needed; this server is {admin.PostgreSqlVersion}.");
        }

        // Held by the session until it closes. It knows this database only: the roles have their own way to survive a race.
        await using (
            var wait = new NpgsqlCommand("select pg_advisory_lock($1)", admin) { Parameters = { new() { Value = LockKey } }, CommandTimeout = 0 }
        )
        {
            await wait.ExecuteNonQueryAsync(ct);
        }

        await Roles.EnsureAsync(admin, unpooled.ConnectionString, options.Passwords, ct);
        await GrantDatabaseAsync(admin, ct);
        await using var owner = new NpgsqlConnection(RoleConnections.From(adminConnectionString, options.Passwords).Owner);
        await owner.OpenAsync(ct);
        await ApplyAsync(owner, options.LastVersion, logger, ct);
        if (options.LastVersion == int.MaxValue)
        {
            await Functions.ApplyAsync(owner, options.Functions, logger, ct);
        }

        await JobTables.InstallAsync(owner, ct);
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder target, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(target.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await CreateDatabaseAsync(target, ct);
            await connection.OpenAsync(ct);
            return connection;
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder target, CancellationToken ct)
    {
        await using var server = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = "postgres" }.ConnectionString
        );
        await server.OpenAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand($"create database {Quote(target.Database!)}", server);
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process made it first.
        }
    }

    private static async Task GrantDatabaseAsync(NpgsqlConnection admin, CancellationToken ct)
    {
        var database = Quote(admin.Database);
        await Roles.RunAsync(admin, $"revoke all on database {database} from public", ct);
        await Roles.RunAsync(admin, $"grant connect on database {database} to {string.Join(", ", RoleNames.All)}", ct);
        await Roles.RunAsync(admin, $"grant create on database {database} to {RoleNames.Owner}", ct);
        await Roles.RunAsync(admin, $"grant usage, create on schema public to {RoleNames.Owner}", ct);
    }

    private static async Task ApplyAsync(NpgsqlConnection owner, int lastVersion, ILogger logger, CancellationToken ct)
    {
        await using (var history = new NpgsqlCommand(History, owner))
        {
            await history.ExecuteNonQueryAsync(ct);
        }

        var applied = await ReadAppliedAsync(owner, ct);
        RefuseForeign(applied);
        foreach (var migration in Migration.All.Where(m => m.Version <= lastVersion && !applied.ContainsKey(m.Version)))
        {
            await ApplyAsync(owner, migration, ct);
            Log.Applied(logger, migration.Version, migration.Name);
        }
    }

    private static async Task<Dictionary<int, (string Name, string Checksum)>> ReadAppliedAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        var applied = new Dictionary<int, (string Name, string Checksum)>();
        await using var command = new NpgsqlCommand("select version, name, checksum from public.schema_migrations", owner);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            applied.Add(reader.GetInt32(0), (reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private static void RefuseForeign(Dictionary<int, (string Name, string Checksum)> applied)
    {
        var known = Migration.All.ToDictionary(m => m.Version);
        foreach (var (version, (name, checksum)) in applied.OrderBy(a => a.Key))
        {
            if (!known.TryGetValue(version, out var migration))
            {
                throw new MigrationException(
                    $"The database has migration {version:0000} ({name}), which this program does not know: it belongs to a newer version."
                );
            }

            if (migration.Checksum != checksum)
            {
                throw new MigrationException(
                    $"Migration {version:0000} ({name}) was changed after it had been applied. Restore its text and write a new one."
                );
            }
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection owner, Migration migration, CancellationToken ct)
    {
        await using var transaction = await owner.BeginTransactionAsync(ct);
        try
        {
            await using var step = new NpgsqlCommand(migration.Sql, owner, transaction) { CommandTimeout = 0 };
            await step.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e)
        {
            throw new MigrationException($"Migration {migration.Version:0000} ({migration.Name}) failed and was rolled back: {e.MessageText}", e);
        }

        await using var record = new NpgsqlCommand(
            "insert into public.schema_migrations (version, name, checksum) values ($1, $2, $3)",
            owner,
            transaction
        )
        {
            Parameters =
            {
                new() { Value = migration.Version },
                new() { Value = migration.Name },
                new() { Value = migration.Checksum },
            },
        };
        await record.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static partial class Log
    {
        [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Applied migration {Version}: {Name}")]
        public static partial void Applied(ILogger logger, int version, string name);
    }
}
