using System.Globalization;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Gives REST's errors gRPC's form: a status, and the trailers <c>error-code</c> and <c>error-reason</c>.</summary>
internal static class GrpcErrors
{
    private const string Code = "error-code";
    private const string Reason = "error-reason";

    private static readonly Dictionary<ErrorCode, StatusCode> _statuses = new()
    {
        [ErrorCode.BadRequest] = StatusCode.InvalidArgument,
        [ErrorCode.Unauthorized] = StatusCode.Unauthenticated,
        [ErrorCode.PaymentRequired] = StatusCode.ResourceExhausted,
        [ErrorCode.Forbidden] = StatusCode.PermissionDenied,
        [ErrorCode.PermissionDenied] = StatusCode.PermissionDenied,
        [ErrorCode.WorkflowNotFound] = StatusCode.NotFound,
        [ErrorCode.NotFound] = StatusCode.NotFound,
        [ErrorCode.RateLimitExceeded] = StatusCode.ResourceExhausted,
        [ErrorCode.InternalError] = StatusCode.Internal,
        [ErrorCode.ExecutionError] = StatusCode.FailedPrecondition,
        [ErrorCode.ExecutionTimeout] = StatusCode.DeadlineExceeded,
        [ErrorCode.WebhookNotFound] = StatusCode.NotFound,
        [ErrorCode.WebhookDisabled] = StatusCode.PermissionDenied,
        [ErrorCode.IpNotAllowed] = StatusCode.PermissionDenied,
        [ErrorCode.SignatureRequired] = StatusCode.PermissionDenied,
        [ErrorCode.SignatureInvalid] = StatusCode.PermissionDenied,
        [ErrorCode.InvalidJson] = StatusCode.InvalidArgument,
        [ErrorCode.MethodNotAllowed] = StatusCode.Unimplemented,
        [ErrorCode.Conflict] = StatusCode.FailedPrecondition,
        [ErrorCode.PayloadTooLarge] = StatusCode.ResourceExhausted,
        [ErrorCode.UnsupportedMediaType] = StatusCode.Unimplemented,
        [ErrorCode.Unavailable] = StatusCode.Unavailable,
    };

    // What the library says before a method is called. A method's own errors have a code.
    private static readonly Dictionary<StatusCode, IResult> _unread = new()
    {
        [StatusCode.Unknown] = Answers.Error(ErrorCode.BadRequest, "rpc.malformed", "The message can't be read: it is not what the method takes."),
        [StatusCode.Internal] = Answers.Error(
            ErrorCode.BadRequest,
            "rpc.malformed",
            "The message can't be read: exactly one whole message is needed."
        ),
        [StatusCode.ResourceExhausted] = RequestBody.TooLarge(),
        [StatusCode.Unimplemented] = Answers.Error(
            ErrorCode.UnsupportedMediaType,
            "rpc.encoding",
            "Messages may be compressed with gzip or deflate only."
        ),
    };

    public static StatusCode StatusOf(ErrorCode code) => _statuses[code];

    /// <summary>What a method throws where REST would answer with <paramref name="answer"/>, which must be an error.</summary>
    public static RpcException Of(HttpContext http, IResult answer)
    {
        var refusal = (Refusal)answer;
        refusal.Count(http);
        var trailers = new Metadata();
        foreach (var (name, value) in TrailersOf(refusal))
        {
            trailers.Add(name, value);
        }

        return new(new(StatusOf(refusal.Code), refusal.Message), trailers);
    }

    /// <summary>Ends a call for which no method was called. The answer has no message, so its status goes into the headers.</summary>
    public static Task EndAsync(HttpContext http, Refusal refusal)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/grpc";
        Write(http.Response.Headers, refusal);
        return http.Response.CompleteAsync();
    }

    /// <summary>After a call: puts a code and a reason to what the library refused by itself.</summary>
    public static void Name(HttpResponse response)
    {
        if (
            !response.HasStarted
            && !response.Headers.ContainsKey(Code)
            && Enum.TryParse<StatusCode>(response.Headers["grpc-status"], out var status)
            && _unread.TryGetValue(status, out var answer)
        )
        {
            Write(response.Headers, (Refusal)answer);
        }
    }

    private static void Write(IHeaderDictionary headers, Refusal refusal)
    {
        headers["grpc-status"] = ((int)StatusOf(refusal.Code)).ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = Percent(refusal.Message);
        foreach (var (name, value) in TrailersOf(refusal))
        {
            headers[name] = value;
        }
    }

    private static IEnumerable<(string Name, string Value)> TrailersOf(Refusal refusal) =>
        [
            (Code, refusal.Code.Name),
            (Reason, refusal.Reason),
            .. refusal.Details.TryGetValue("resume_after", out var after) ? [("resume-after", $"{after}")] : Array.Empty<(string, string)>(),
            .. refusal.RetryAfter is { } seconds ? [("retry-after", $"{seconds}")] : Array.Empty<(string, string)>(),
        ];

    // Headers are ASCII: gRPC sends everything else, and the percent sign, as percent-encoded UTF-8.
    private static string Percent(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var letter in Encoding.UTF8.GetBytes(message))
        {
            _ = letter is >= 0x20 and <= 0x7e and not (byte)'%'
                ? text.Append((char)letter)
                : text.Append('%').Append(letter.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
