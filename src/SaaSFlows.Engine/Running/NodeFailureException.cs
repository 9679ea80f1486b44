namespace SaaSFlows.Engine.Running;

/// <summary>
/// Carries an expected failure out of an activity's call into its context (a template that fails, a log over its limit): the activity
/// has no say in it. It ends at the runner, which makes it the node's result.
/// </summary>
internal sealed class NodeFailureException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
