using System.Data.Common;
using SaaSFlows.Postgres.Health;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Host.Configuration;

/// <summary>How a process uses the database.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Most connections of a process, without the two that carry hints between processes; at least 10. Null: 38.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>Seconds that opening a connection may take. Null: as the connection string says, else 15.</summary>
    public int? ConnectionTimeout { get; set; }

    /// <summary>
    /// How long the simplest question to the database may take before requests get 503, up to half a second later; a quarter of a second or more.
    /// </summary>
    public TimeSpan Patience { get; set; } = DatabasePulseOptions.Default.Patience;

    /// <summary>How long a start waits for a database that is not there yet. Zero: not at all, the process ends with exit code 1.</summary>
    public TimeSpan WaitAtStart { get; set; } = TimeSpan.Zero;

    /// <summary>The connections divided among the roles: half for tenants' transactions, the rest for the kernel and for finding tenants.</summary>
    /// <exception cref="SettingException">There are too few to divide.</exception>
    public PoolSizes PoolSizes() =>
        MaxConnections switch
        {
            null => new(),
            < 10 => throw new SettingException("Database:MaxConnections must be at least 10."),
            { } most => new(App: most / 2, Engine: most * 3 / 10, Lookup: most - (most / 2) - (most * 3 / 10)),
        };

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="ArgumentException">The message names the option.</exception>
    public void Validate()
    {
        if (Patience < TimeSpan.FromMilliseconds(250))
        {
            throw new ArgumentException("Database:Patience must be at least 00:00:00.250.");
        }

        if (WaitAtStart < TimeSpan.Zero)
        {
            throw new ArgumentException("Database:WaitAtStart must not be negative.");
        }
    }

    /// <summary>The connection string with these options.</summary>
    public string Apply(string connectionString) =>
        ConnectionTimeout is { } seconds
            ? new DbConnectionStringBuilder { ConnectionString = connectionString, ["Timeout"] = seconds }.ConnectionString
            : connectionString;
}
