using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>Connection strings of the five login roles. They hold passwords: never log one.</summary>
public sealed record RoleConnections(string Owner, string App, string Engine, string Lookup, string Jobs)
{
    // Two workers, and what watches over them.
    private const int MostForJobs = 10;

    /// <summary>The five strings for the server and database of <paramref name="adminConnectionString"/>.</summary>
    /// <param name="passwords">Null where the server asks for none.</param>
    public static RoleConnections From(string adminConnectionString, RolePasswords? passwords, PoolSizes? sizes = null)
    {
        sizes ??= new PoolSizes();
        return new(
            For(adminConnectionString, RoleNames.Owner, passwords, 0),
            For(adminConnectionString, RoleNames.App, passwords, sizes.App),
            For(adminConnectionString, RoleNames.Engine, passwords, sizes.Engine),
            For(adminConnectionString, RoleNames.Lookup, passwords, sizes.Lookup),
            For(adminConnectionString, RoleNames.Jobs, passwords, MostForJobs)
        );
    }

    public override string ToString() => "***";

    private static string For(string admin, string role, RolePasswords? passwords, int poolSize)
    {
        var builder = new NpgsqlConnectionStringBuilder(admin)
        {
            Username = role,
            Password = passwords?.Of(role),
            ApplicationName = role,
            Pooling = poolSize > 0,
            IncludeErrorDetail = false,
        };
        if (poolSize > 0)
        {
            builder.MaxPoolSize = poolSize;
            builder.MinPoolSize = 0;

            // Not auto-prepared: when a statement fails in the same exchange that prepares it (one bad value is enough), Npgsql 10.0 loses track of
            // what the server knows, and later commands of that connection get each other's answers. See docs/adr/0006-no-auto-prepare.md.
            builder.MaxAutoPrepare = 0;

            // Safe because nothing of ours sets anything for a session: a tenant is set for a transaction, by its first statement.
            builder.NoResetOnClose = true;
        }

        if (role == RoleNames.Engine)
        {
            // Cached plans of grouped statements must look rows up by key, also those made while the tables were still small; and a plan for any
            // number of rows is as good as one for these, which takes longer to make than to run.
            builder.Options = $"{builder.Options} -c enable_seqscan=off -c plan_cache_mode=force_generic_plan".Trim();
        }

        return builder.ConnectionString;
    }
}

/// <summary>Most connections a process opens for each role.</summary>
public sealed record PoolSizes(int App = 20, int Engine = 10, int Lookup = 8);
