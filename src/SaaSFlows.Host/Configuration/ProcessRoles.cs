namespace SaaSFlows.Host.Configuration;

/// <summary>What this process does. Every process is the same program; small installations do all in one.</summary>
[Flags]
internal enum ProcessRoles
{
    /// <summary>Answers requests and serves the studio.</summary>
    Api = 1,

    /// <summary>Runs executions.</summary>
    Worker = 2,

    /// <summary>Wakes what is due and keeps house.</summary>
    Scheduler = 4,

    /// <summary>Brings the database to this program's schema before anything else; alone, it then ends.</summary>
    Migrate = 8,

    All = Api | Worker | Scheduler | Migrate,
}
