namespace SaaSFlows.Engine.Starting;

/// <summary>Puts new executions on disk.</summary>
public interface IAcceptance
{
    /// <summary>Answers after the commit. A call that is cancelled may still be accepted.</summary>
    Task<AcceptVerdict> AcceptAsync(NewExecution execution, CancellationToken ct);
}
