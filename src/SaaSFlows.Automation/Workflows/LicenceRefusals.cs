using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Automation.Workflows;

internal static class LicenceRefusals
{
    /// <summary>Returns the refusal of the licence as an error of this module, or null if the licence allows it.</summary>
    public static AutomationError? Of(AccountsResult<LicenceEpoch> answer) =>
        answer.Match<AutomationError?>(
            _ => null,
            error =>
                error is AccountsError.LicenceExceeded exceeded
                    ? new AutomationError.PaymentRequired(exceeded)
                    : new AutomationError.Conflict(error.Code, error.Message)
        );
}
