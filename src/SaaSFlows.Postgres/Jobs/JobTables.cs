using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Jobs;

/// <summary>
/// The tables of the platform's recurring jobs. They belong to Hangfire, which brings its own migrations; only the role for jobs sees them.
/// </summary>
public static class JobTables
{
    private const string Schema = "jobs";

    private static readonly string Grants = $"""
        revoke all on schema {Schema} from public;
        grant usage on schema {Schema} to {RoleNames.Jobs};
        grant select, insert, update, delete on all tables in schema {Schema} to {RoleNames.Jobs};
        grant usage, select on all sequences in schema {Schema} to {RoleNames.Jobs};
        """;

    /// <summary>Changes with Hangfire's version, which may bring other tables.</summary>
    internal static string Version { get; } = $"{typeof(PostgreSqlStorage).Assembly.GetName().Version}";

    /// <summary>The jobs of an installation. Needs the tables.</summary>
    /// <param name="connections">Its pool holds two connections for each worker, and some.</param>
    public static JobStorage Open(RoleConnections connections) =>
        new PostgreSqlStorage(
            new JobConnections(connections.Jobs),
            new PostgreSqlStorageOptions
            {
                SchemaName = Schema,
                PrepareSchemaIfNecessary = false,
                // What a process that died was doing is done by another one after that.
                InvisibilityTimeout = TimeSpan.FromMinutes(5),
                UseSlidingInvisibilityTimeout = true,
            }
        );

    /// <summary>Creates or updates the tables.</summary>
    internal static async Task InstallAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        PostgreSqlObjectsInstaller.Install(owner, Schema);
        await using var grants = new NpgsqlCommand(Grants, owner);
        await grants.ExecuteNonQueryAsync(ct);
    }

    private sealed class JobConnections(string connectionString) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => new(connectionString);
    }
}
