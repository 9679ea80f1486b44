using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>The status codes of gRPC that we answer with.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>Ends calls: the status goes into the trailers, or into the headers where nothing was sent before.</summary>
internal static class GrpcStatuses
{
    private static readonly Dictionary<ErrorCode, GrpcStatus> OfCodes = new()
    {
        [ErrorCode.BadRequest] = GrpcStatus.InvalidArgument,
        [ErrorCode.Unauthorized] = GrpcStatus.Unauthenticated,
        [ErrorCode.PaymentRequired] = GrpcStatus.ResourceExhausted,
        [ErrorCode.Forbidden] = GrpcStatus.PermissionDenied,
        [ErrorCode.PermissionDenied] = GrpcStatus.PermissionDenied,
        [ErrorCode.WorkflowNotFound] = GrpcStatus.NotFound,
        [ErrorCode.NotFound] = GrpcStatus.NotFound,
        [ErrorCode.RateLimitExceeded] = GrpcStatus.ResourceExhausted,
        [ErrorCode.InternalError] = GrpcStatus.Internal,
        [ErrorCode.ExecutionError] = GrpcStatus.FailedPrecondition,
        [ErrorCode.ExecutionTimeout] = GrpcStatus.DeadlineExceeded,
        [ErrorCode.WebhookNotFound] = GrpcStatus.NotFound,
        [ErrorCode.WebhookDisabled] = GrpcStatus.PermissionDenied,
        [ErrorCode.IpNotAllowed] = GrpcStatus.PermissionDenied,
        [ErrorCode.SignatureRequired] = GrpcStatus.PermissionDenied,
        [ErrorCode.SignatureInvalid] = GrpcStatus.PermissionDenied,
        [ErrorCode.InvalidJson] = GrpcStatus.InvalidArgument,
        [ErrorCode.MethodNotAllowed] = GrpcStatus.Unimplemented,
        [ErrorCode.Conflict] = GrpcStatus.FailedPrecondition,
        [ErrorCode.PayloadTooLarge] = GrpcStatus.ResourceExhausted,
        [ErrorCode.UnsupportedMediaType] = GrpcStatus.Unimplemented,
        [ErrorCode.Unavailable] = GrpcStatus.Unavailable,
    };

    public static GrpcStatus Of(ErrorCode code) => OfCodes[code];

    public static Task EndOkAsync(HttpContext http) => EndAsync(http, GrpcStatus.Ok, []);

    public static Task EndAsync(HttpContext http, ErrorCode code, ErrorBody error) => EndAsync(http, Of(code),
    [
        ("grpc-message", Percent(error.Message)),
        ("error-code", error.Code),
        ("error-reason", $"{error.Details["reason"]}"),
        .. error.Details.TryGetValue("resume_after", out var after) ? new[] { ("resume-after", $"{after}") } : [],
    ]);

    private static Task EndAsync(HttpContext http, GrpcStatus status, (string Name, string Value)[] more)
    {
        var response = http.Response;
        var trailers = http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        if (!response.HasStarted)
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/grpc";
            trailers = response.Headers;
        }

        trailers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in more)
        {
            trailers[name] = value;
        }

        return response.CompleteAsync();
    }

    // Headers are ASCII: gRPC sends everything else, and the percent sign, as percent-encoded UTF-8.
    private static string Percent(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var letter in Encoding.UTF8.GetBytes(message))
        {
            _ = letter is >= 0x20 and <= 0x7e and not (byte)'%' ? text.Append((char)letter) : text.Append('%').Append(letter.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
