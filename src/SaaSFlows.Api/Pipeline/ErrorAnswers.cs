using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>Gives the wire's error body to what no route answered: bugs, wrong methods, bodies that Kestrel refused.</summary>
internal sealed class ErrorAnswers(RequestDelegate next, UnexpectedErrors errors)
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
            var answer = errors.AnswerTo(http, error);
            // What a route had begun to say is wrong now.
            http.Response.Clear();
            CorrelationIds.Answer(http);
            await answer.ExecuteAsync(http);
        }
    }

    private static IResult Answer(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => Answers.Error(ErrorCode.NotFound, "route.not_found", "There is no such route."),
            StatusCodes.Status405MethodNotAllowed => Answers.Error(
                ErrorCode.MethodNotAllowed,
                "route.method",
                "This route does not know that method."
            ),
            StatusCodes.Status413PayloadTooLarge => Answers.Error(ErrorCode.PayloadTooLarge, "body.too_large", "The body is too large."),
            StatusCodes.Status415UnsupportedMediaType => Answers.Error(
                ErrorCode.UnsupportedMediaType,
                "body.content_type",
                "The body must be sent as Content-Type: application/json."
            ),
            StatusCodes.Status401Unauthorized => Answers.Error(ErrorCode.Unauthorized, "token.missing_or_invalid", "Sign in first."),
            StatusCodes.Status403Forbidden => Answers.Error(ErrorCode.Forbidden, "forbidden", "That is not allowed."),
            _ => Answers.Error(ErrorCode.BadRequest, "request.malformed", "The request is malformed."),
        };
}
