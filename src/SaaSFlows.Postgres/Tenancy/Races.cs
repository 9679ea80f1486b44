using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>Tells what another transaction did at the same moment from faults of ours.</summary>
public static class Races
{
    /// <summary>
    /// True if the transaction lost against another one: a row of the same key came first, a row that it refers to went, or it was chosen to end a
    /// deadlock. It has changed nothing, so the caller may say so, or begin anew.
    /// </summary>
    public static bool IsRace(this Exception error) =>
        error
            is DbException
            {
                SqlState: PostgresErrorCodes.UniqueViolation
                    or PostgresErrorCodes.ForeignKeyViolation
                    or PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
            }
        || error is DbUpdateException { InnerException: { } cause } && cause.IsRace();

    /// <summary>True if doing the same again can't do any harm, and has every chance to succeed.</summary>
    internal static bool IsWorthRetrying(this Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected }
        || error is DbUpdateException { InnerException: { } cause } && cause.IsWorthRetrying();
}

/// <summary>A row was changed between the reading and the writing of it.</summary>
public sealed class StaleRowException(Exception cause) : DbException("A row was changed between the reading and the writing of it.", cause)
{
    /// <summary>That of a serialization failure, which this is.</summary>
    public override string SqlState => PostgresErrorCodes.SerializationFailure;
}
