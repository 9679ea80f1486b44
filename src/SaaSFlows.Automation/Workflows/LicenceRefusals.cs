using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Automation.Workflows;

internal static class LicenceRefusals
{
    /// <summary>Why the licence said no, in this module's words; null if it said yes.</summary>
    public static AutomationError? Of(AccountsResult<LicenceEpoch> answer) =>
        answer.Match<AutomationError?>(
            _ => null,
            error =>
                error is AccountsError.LicenceExceeded exceeded
                    ? new AutomationError.PaymentRequired(exceeded)
                    : new AutomationError.Conflict(error.Code, error.Message)
        );
}
