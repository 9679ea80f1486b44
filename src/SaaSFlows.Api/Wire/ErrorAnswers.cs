using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Correlation;
using SaaSFlows.Api.Health;

namespace SaaSFlows.Api.Wire;

/// <summary>Gives the wire's error body to what no route answered: bugs, wrong methods, bodies that Kestrel refused.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, DatabaseAvailability database, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            {
                await Answer(http.Response.StatusCode).ExecuteAsync(http);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await Answer(error.StatusCode).ExecuteAsync(http);
        }
        catch (Exception error) when (!http.Response.HasStarted && IsLostRace(error))
        {
            Log.LostRace(logger, http.Request.Method, http.GetEndpoint()?.DisplayName, http.CorrelationId(), error);
            Begin(http);
            await LostRace().ExecuteAsync(http);
        }
        catch (Exception error) when (!http.Response.HasStarted && database.IsAway(error))
        {
            if (!database.Explains(error))
            {
                Log.NoAnswer(logger, http.Request.Method, http.GetEndpoint()?.DisplayName, http.CorrelationId(), error);
            }

            Begin(http);
            await DatabaseGate.AnswerAsync(http);
        }
        catch (CryptographicException error) when (!http.Response.HasStarted)
        {
            Log.Shut(logger, http.Request.Method, http.GetEndpoint()?.DisplayName, http.CorrelationId(), error);
            Begin(http);
            await Answers.Error(
                ErrorCode.Unavailable, "secret.unreadable", "A secret that this needs was sealed with a master key that is not configured any more. Tell the operator of this installation.").ExecuteAsync(http);
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var correlation = http.CorrelationId();
            Log.Failed(logger, http.Request.Method, http.GetEndpoint()?.DisplayName, correlation, error);
            Begin(http);
            await Answers.Error(ErrorCode.InternalError, "internal", "Something went wrong on our side. Tell support the correlation id.").ExecuteAsync(http);
        }
    }

    // The transaction is undone: another one made, changed or removed at the same moment what it was about.
    private static IResult LostRace() =>
        Answers.Error(
            ErrorCode.Conflict,
            "request.lost_race",
            "Somebody else changed the same thing at the same moment. Look at it again, then repeat this if it is still needed.");

    // By the SQL standard's states: unique violation, foreign-key violation, serialization failure; and PostgreSQL's deadlock. Those of EF Core have it inside.
    private static bool IsLostRace(Exception error) =>
        (error as DbException ?? error.InnerException as DbException)?.SqlState is "23505" or "23503" or "40001" or "40P01";

    // What a route had begun to say is wrong now.
    private static void Begin(HttpContext http)
    {
        http.Response.Clear();
        CorrelationIds.Answer(http);
    }

    private static IResult Answer(int status) => status switch
    {
        StatusCodes.Status404NotFound => Answers.Error(ErrorCode.NotFound, "route.not_found", "There is no such route."),
        StatusCodes.Status405MethodNotAllowed => Answers.Error(ErrorCode.MethodNotAllowed, "route.method", "This route does not know that method."),
        StatusCodes.Status413PayloadTooLarge => Answers.Error(ErrorCode.PayloadTooLarge, "body.too_large", "The body is too large."),
        StatusCodes.Status415UnsupportedMediaType => Answers.Error(ErrorCode.UnsupportedMediaType, "body.content_type", "The body must be sent as Content-Type: application/json."),
        StatusCodes.Status401Unauthorized => Answers.Error(ErrorCode.Unauthorized, "token.missing_or_invalid", "Sign in first."),
        StatusCodes.Status403Forbidden => Answers.Error(ErrorCode.Forbidden, "forbidden", "That is not allowed."),
        _ => Answers.Error(ErrorCode.BadRequest, "request.malformed", "The request is malformed."),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "{Method} {Route} waited for the database in vain, correlation id {CorrelationId}")]
        public static partial void NoAnswer(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "{Method} {Route} lost a race, correlation id {CorrelationId}")]
        public static partial void LostRace(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(EventId = 6003, Level = LogLevel.Error, Message = "{Method} {Route} needs a secret that can't be opened, correlation id {CorrelationId}")]
        public static partial void Shut(ILogger logger, string method, string? route, string correlationId, Exception exception);

        [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Method} {Route} failed, correlation id {CorrelationId}")]
        public static partial void Failed(ILogger logger, string method, string? route, string correlationId, Exception exception);
    }
}
