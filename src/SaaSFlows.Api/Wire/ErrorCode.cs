using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Wire;

/// <summary>The error codes of the wire: seed 002's seventeen and five that HTTP needs besides.</summary>
public sealed record ErrorCode
{
    public static readonly ErrorCode BadRequest = new("BAD_REQUEST", StatusCodes.Status400BadRequest);
    public static readonly ErrorCode Unauthorized = new("UNAUTHORIZED", StatusCodes.Status401Unauthorized);
    public static readonly ErrorCode PaymentRequired = new("PAYMENT_REQUIRED", StatusCodes.Status402PaymentRequired);
    public static readonly ErrorCode Forbidden = new("FORBIDDEN", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode PermissionDenied = new("PERMISSION_DENIED", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode WorkflowNotFound = new("WORKFLOW_NOT_FOUND", StatusCodes.Status404NotFound);
    public static readonly ErrorCode NotFound = new("NOT_FOUND", StatusCodes.Status404NotFound);
    public static readonly ErrorCode RateLimitExceeded = new("RATE_LIMIT_EXCEEDED", StatusCodes.Status429TooManyRequests);
    public static readonly ErrorCode InternalError = new("INTERNAL_ERROR", StatusCodes.Status500InternalServerError);
    public static readonly ErrorCode ExecutionError = new("EXECUTION_ERROR", StatusCodes.Status400BadRequest);
    public static readonly ErrorCode ExecutionTimeout = new("EXECUTION_TIMEOUT", StatusCodes.Status504GatewayTimeout);
    public static readonly ErrorCode WebhookNotFound = new("WEBHOOK_NOT_FOUND", StatusCodes.Status404NotFound);
    public static readonly ErrorCode WebhookDisabled = new("WEBHOOK_DISABLED", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode IpNotAllowed = new("IP_NOT_ALLOWED", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode SignatureRequired = new("SIGNATURE_REQUIRED", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode SignatureInvalid = new("SIGNATURE_INVALID", StatusCodes.Status403Forbidden);
    public static readonly ErrorCode InvalidJson = new("INVALID_JSON", StatusCodes.Status400BadRequest);
    public static readonly ErrorCode MethodNotAllowed = new("METHOD_NOT_ALLOWED", StatusCodes.Status405MethodNotAllowed);
    public static readonly ErrorCode Conflict = new("CONFLICT", StatusCodes.Status409Conflict);
    public static readonly ErrorCode PayloadTooLarge = new("PAYLOAD_TOO_LARGE", StatusCodes.Status413PayloadTooLarge);
    public static readonly ErrorCode UnsupportedMediaType = new("UNSUPPORTED_MEDIA_TYPE", StatusCodes.Status415UnsupportedMediaType);
    public static readonly ErrorCode Unavailable = new("UNAVAILABLE", StatusCodes.Status503ServiceUnavailable);

    private ErrorCode(string name, int status) => (Name, Status) = (name, status);

    /// <summary>As written in <c>error.code</c>.</summary>
    public string Name { get; }

    /// <summary>The HTTP status that goes with it.</summary>
    public int Status { get; }
}
