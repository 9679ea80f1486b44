using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Correlation;

namespace SaaSFlows.Api.Wire;

/// <summary>Gives the wire's error body to what no route answered: bugs, wrong methods, bodies that Kestrel refused.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
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
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var correlation = http.CorrelationId();
            Log.Failed(logger, http.Request.Method, http.GetEndpoint()?.DisplayName, correlation, error);
            http.Response.Clear();
            CorrelationIds.Answer(http);
            await Answers.Error(ErrorCode.InternalError, "internal", "Something went wrong on our side. Tell support the correlation id.").ExecuteAsync(http);
        }
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
        [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Method} {Route} failed, correlation id {CorrelationId}")]
        public static partial void Failed(ILogger logger, string method, string? route, string correlationId, Exception exception);
    }
}
