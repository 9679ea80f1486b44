using System.Data.Common;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>Tells faults of the database itself from faults of a statement.</summary>
public static class DatabaseFaults
{
    // "Administrator command", crash, starting up, a database that takes no connections: PostgreSQL's class 57P, and what a full or closed server
    // says.
    private static readonly string[] States = ["57P", "08", "53", "55000", "58"];

    /// <summary>True if the database could not be reached, did not answer, or refuses everybody at the moment; wrapped exceptions count.</summary>
    public static bool IsAway(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            switch (error)
            {
                case PostgresException { SqlState: var state }:
                    return States.Any(prefix => state.StartsWith(prefix, StringComparison.Ordinal));
                case DbException { IsTransient: true }:
                    return true;
                case NpgsqlException { InnerException: null }:
                    // "The connection is broken": Npgsql's word for a connection that another command lost.
                    return true;
            }
        }

        return false;
    }
}
