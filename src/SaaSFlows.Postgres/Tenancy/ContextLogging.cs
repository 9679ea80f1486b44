using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>What contexts of EF Core log.</summary>
public static class ContextLogging
{
    /// <summary>
    /// Leaves errors to whoever gets the exception: most are handled, such as a race that somebody lost or an outage, and callers must not be able to
    /// fill the log with them.
    /// </summary>
    public static DbContextOptionsBuilder LogErrorsOnce(this DbContextOptionsBuilder options) =>
        options.ConfigureWarnings(warnings =>
            warnings.Log(
                (CoreEventId.SaveChangesFailed, LogLevel.Debug),
                (CoreEventId.QueryIterationFailed, LogLevel.Debug),
                (RelationalEventId.CommandError, LogLevel.Debug),
                (RelationalEventId.ConnectionError, LogLevel.Debug),
                (RelationalEventId.TransactionError, LogLevel.Debug)
            )
        );
}
