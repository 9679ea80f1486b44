using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>Makes sure that the database is there before anything else is begun.</summary>
public static partial class DatabaseStart
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Returns once the server takes connections. The database itself may be missing yet: a migration makes it.</summary>
    /// <param name="wait">How long it may take; zero tries once.</param>
    /// <exception cref="DatabaseUnreachableException">It did not answer in that time, or refuses us. The message is a sentence for
    /// operators.</exception>
    public static async Task ReachAsync(string connectionString, TimeSpan wait, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var start = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await using var connection = new NpgsqlConnection(target.ConnectionString);
                await connection.OpenAsync(ct);
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                return;
            }
            catch (NpgsqlException error) when (!DatabaseFaults.IsAway(error))
            {
                throw new DatabaseUnreachableException($"The database at {target.Host}:{target.Port} refuses the connection: {error.Message}");
            }
            catch (NpgsqlException error) when (time.GetElapsedTime(start) >= wait)
            {
                throw new DatabaseUnreachableException(
                    $"The database at {target.Host}:{target.Port} does not answer: {error.Message}. To wait for it, set Database:WaitAtStart, "
                        + "such as 00:01:00."
                );
            }
            catch (NpgsqlException error) when (isFirst)
            {
                Log.Waiting(logger, wait.TotalSeconds, error.Message);
            }
            catch (NpgsqlException)
            {
                // Told already.
            }

            await Task.Delay(Pause, time, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3002,
            Level = LogLevel.Warning,
            Message = "The database does not answer yet; waiting up to {Seconds} s for it: {Fault}"
        )]
        public static partial void Waiting(ILogger logger, double seconds, string fault);
    }
}
