using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>Logs what a route did not expect, and says what the caller is told. Singleton.</summary>
internal sealed partial class UnexpectedErrors(DatabaseAvailability database, ILogger<UnexpectedErrors> logger)
{
    public IResult AnswerTo(HttpContext http, Exception error)
    {
        var (method, route, correlation) = (http.Request.Method, (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText, http.CorrelationId());
        if (IsLostRace(error))
        {
            Log.LostRace(logger, method, route, correlation, error);
            return LostRace();
        }

        if (database.IsAway(error))
        {
            if (!database.Explains(error))
            {
                Log.NoAnswer(logger, method, route, correlation, error);
            }

            return DatabaseGate.Away;
        }

        if (error is CryptographicException)
        {
            Log.Shut(logger, method, route, correlation, error);
            return Answers.Error(
                ErrorCode.Unavailable,
                "secret.unreadable",
                "A secret that this needs was sealed with a master key that is not configured any more. Tell the operator of this installation."
            );
        }

        Log.Failed(logger, method, route, correlation, error);
        return Answers.Error(
            ErrorCode.InternalError,
            "internal",
            $"Something went wrong on our side. Tell support the correlation id {correlation}."
        );
    }

    // The transaction is undone: another one made, changed or removed at the same moment what it was about.
    private static IResult LostRace() =>
        Answers.Error(
            ErrorCode.Conflict,
            "request.lost_race",
            "Somebody else changed the same thing at the same moment. Look at it again, then repeat this if it is still needed."
        );

    // By the SQL standard's states: unique violation, foreign-key violation, serialization failure; and PostgreSQL's deadlock. Those of EF Core have
    // it inside.
    private static bool IsLostRace(Exception error) =>
        (error as DbException ?? error.InnerException as DbException)?.SqlState is "23505" or "23503" or "40001" or "40P01";

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 6004,
            Level = LogLevel.Warning,
            Message = "{Method} {Route} waited for the database in vain, correlation id {CorrelationId}"
        )]
        public static partial void NoAnswer(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "{Method} {Route} lost a race, correlation id {CorrelationId}")]
        public static partial void LostRace(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(
            EventId = 6003,
            Level = LogLevel.Error,
            Message = "{Method} {Route} needs a secret that can't be opened, correlation id {CorrelationId}"
        )]
        public static partial void Shut(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Method} {Route} failed, correlation id {CorrelationId}")]
        public static partial void Failed(ILogger logger, string method, string? route, string correlationId, Exception exception);
    }
}
