using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SaaSFlows.Api.Wire;

/// <summary>An error as an answer.</summary>
internal sealed class Refusal(ErrorCode code, string message, Dictionary<string, object?> details) : IResult
{
    public ErrorCode Code => code;

    public string Message => message;

    /// <summary>With the reason among them.</summary>
    public IReadOnlyDictionary<string, object?> Details => details;

    public string Reason => (string)details["reason"]!;

    /// <summary>In seconds; null where repeating the request is not what helps.</summary>
    public long? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        Count(httpContext);
        if (RetryAfter is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (httpContext.Features.Get<IErrorForm>() is { } form && form.Fits(httpContext))
        {
            return form.WriteAsync(httpContext, this);
        }

        // A copy: some refusals are made once for all requests.
        var error = new ErrorBody(code.Name, message, new Dictionary<string, object?>(details) { ["correlation_id"] = httpContext.CorrelationId() });
        return (
            httpContext.IsUnversioned()
                ? Results.Json(new BareFailure(message, error), statusCode: code.Status)
                : Results.Json(new Failure(error), statusCode: code.Status)
        ).ExecuteAsync(httpContext);
    }

    /// <summary>Counts a limit that was hit.</summary>
    public void Count(HttpContext http)
    {
        if (code.Status is StatusCodes.Status402PaymentRequired or StatusCodes.Status429TooManyRequests)
        {
            http.RequestServices.GetRequiredService<LimitCount>().Hit(Reason);
        }
    }
}

/// <summary>Another form of errors than JSON, as a feature of the connection.</summary>
internal interface IErrorForm
{
    /// <summary>Whether the caller of this request understands it.</summary>
    bool Fits(HttpContext http);

    /// <summary>Answers with the error.</summary>
    Task WriteAsync(HttpContext http, Refusal refusal);
}
