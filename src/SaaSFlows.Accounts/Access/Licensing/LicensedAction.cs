namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>What a licence can limit.</summary>
public enum LicensedAction
{
    CreateWorkflow,
    PublishWorkflow,
    Execute,

    /// <summary>A start that no licence counts; only a closed tenant refuses it.</summary>
    ExecuteUncounted,
}
