using Microsoft.Extensions.Logging;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

internal static partial class Log
{
    [LoggerMessage(EventId = 8001, Level = LogLevel.Information, Message = "Embedded PostgreSQL runs on port {Port}, data in {Directory}")]
    public static partial void Started(ILogger logger, int port, string directory);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Information, Message = "Created a new database cluster in {Directory}")]
    public static partial void Created(ILogger logger, string directory);

    [LoggerMessage(
        EventId = 8003,
        Level = LogLevel.Warning,
        Message = "A server of an earlier, killed process ({ProcessId}) still ran: replacing it"
    )]
    public static partial void Orphan(ILogger logger, int processId);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Debug, Message = "Found the shared server (process {ProcessId}, port {Port})")]
    public static partial void Found(ILogger logger, int processId, int port);

    [LoggerMessage(EventId = 8005, Level = LogLevel.Warning, Message = "The server ended at its start (attempt {Attempt}): {Output}")]
    public static partial void FailedAttempt(ILogger logger, int attempt, string output);

    [LoggerMessage(EventId = 8006, Level = LogLevel.Error, Message = "The embedded server ended by itself, and is started again; its log: {LogFile}")]
    public static partial void Died(ILogger logger, string logFile);

    [LoggerMessage(EventId = 8007, Level = LogLevel.Warning, Message = "The embedded server runs again, on port {Port}")]
    public static partial void Restarted(ILogger logger, int port);

    [LoggerMessage(
        EventId = 8008,
        Level = LogLevel.Error,
        Message = "The embedded server does not start again yet; it is tried every five seconds: {Reason}"
    )]
    public static partial void NotRestarted(ILogger logger, string reason);
}
