using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Api.Wire;

/// <summary>The one place where reasons become answers.</summary>
internal static class ErrorMap
{
    public static IResult ToAnswer(this AutomationError error) =>
        error.Match(
            notFound =>
                Answers.Error(
                    notFound.What switch
                    {
                        "workflow" => ErrorCode.WorkflowNotFound,
                        "webhook" => ErrorCode.WebhookNotFound,
                        _ => ErrorCode.NotFound,
                    },
                    notFound.Code,
                    notFound.Message
                ),
            badInput => Answers.FieldErrors(badInput.Code, badInput.Fields),
            invalid => InvalidWorkflow(invalid),
            conflict =>
                Answers.Error(
                    ErrorCode.Conflict,
                    conflict.Code,
                    conflict.Message,
                    [.. conflict.Details.Select(detail => (detail.Key, detail.Value))]
                ),
            payment => Payment(payment.Licence),
            door => Answers.Error(DoorCode(door.Code), door.Code, door.Message),
            forbidden => Answers.Error(ErrorCode.PermissionDenied, forbidden.Code, forbidden.Message, ("permission", forbidden.Permission)),
            busy => Answers.Error(ErrorCode.Unavailable, busy.Code, busy.Message),
            json => Answers.Error(ErrorCode.InvalidJson, json.Code, json.Message, ("line", json.Line), ("position", json.Position)),
            notUnicode => Answers.FieldErrors(notUnicode.Code, new Dictionary<string, string> { [notUnicode.Place] = UnicodeCheck.Problem }),
            limited => new WebhookFull(limited),
            large => Answers.Error(ErrorCode.PayloadTooLarge, large.Code, large.Message, ("limit", large.Limit), ("bytes", large.Bytes))
        );

    public static IResult ToAnswer(this AccountsError error) =>
        error.Match(
            invalid => Answers.Error(ErrorCode.BadRequest, invalid.Code, invalid.Message, ("errors", invalid.Fields)),
            taken => Answers.Error(ErrorCode.Conflict, taken.Code, taken.Message),
            wrong => Answers.Error(ErrorCode.Unauthorized, wrong.Code, wrong.Message),
            tooMany => Answers.RetryLater(tooMany.Code, tooMany.Message, tooMany.RetryAfter),
            refused => Answers.Error(ErrorCode.Unauthorized, refused.Code, refused.Message),
            denied => Answers.Error(ErrorCode.PermissionDenied, denied.Code, denied.Message, ("permission", denied.Permission)),
            closed => Answers.Error(ErrorCode.Forbidden, closed.Code, closed.Message),
            Payment,
            notFound => Answers.Error(ErrorCode.NotFound, notFound.Code, notFound.Message),
            conflict => Answers.Error(ErrorCode.Conflict, conflict.Code, conflict.Message),
            unauthenticated => Answers.Error(ErrorCode.Unauthorized, unauthenticated.Code, unauthenticated.Message),
            session => Answers.Error(ErrorCode.Forbidden, session.Code, session.Message),
            code =>
                Answers.Error(
                    ErrorCode.Unauthorized,
                    code.Code,
                    code.Message,
                    ("challenge", code.Challenge),
                    ("expires_in", (int)code.ExpiresIn.TotalSeconds)
                )
        );

    private static IResult Payment(AccountsError.LicenceExceeded licence) =>
        Answers.Error(
            ErrorCode.PaymentRequired,
            licence.Code,
            licence.Message,
            ("limit", licence.Limit),
            ("used", licence.Used),
            ("resource", "workflows")
        );

    private static IResult InvalidWorkflow(AutomationError.InvalidWorkflow error)
    {
        var report = error.Report;
        return Answers.Error(
            ErrorCode.BadRequest,
            error.Code,
            error.Message,
            ("is_valid", false),
            ("errors", report.Errors),
            ("warnings", report.Warnings.Select(warning => warning.Message).ToArray()),
            ("node_validation_errors", report.NodeErrors),
            ("error_count", report.ErrorCount),
            ("warning_count", report.Warnings.Count),
            ("warning_details", WarningBody.Of(report.Warnings))
        );
    }

    private static ErrorCode DoorCode(string reason) =>
        reason switch
        {
            "webhook.disabled" => ErrorCode.WebhookDisabled,
            "webhook.ip_not_allowed" => ErrorCode.IpNotAllowed,
            "webhook.signature_required" => ErrorCode.SignatureRequired,
            "webhook.signature_invalid" => ErrorCode.SignatureInvalid,
            _ => ErrorCode.Forbidden,
        };
}
