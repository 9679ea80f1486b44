namespace SaaSFlows.Accounts.Licensing;

/// <summary>What a licence can limit.</summary>
public enum LicensedAction
{
    CreateWorkflow,
    PublishWorkflow,
    Execute,
}
