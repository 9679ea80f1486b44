namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>The actions that a licence can limit.</summary>
public enum LicensedAction
{
    CreateWorkflow,
    PublishWorkflow,
    Execute,

    /// <summary>A start that does not count against the licence. Only a closed tenant refuses it.</summary>
    ExecuteUncounted,
}
