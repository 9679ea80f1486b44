using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Whether a condition holds, or why that cannot be said.</summary>
internal readonly record struct ConditionVerdict(bool Holds, ActivityResult.Failed? Failure)
{
    public static implicit operator ConditionVerdict(bool holds) => new(holds, null);

    public static ConditionVerdict Undecidable(string code, string message) => new(false, new ActivityResult.Failed(code, message, Retryable: false));
}
