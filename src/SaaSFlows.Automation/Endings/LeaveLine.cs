using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.Endings;

/// <summary>Gives the place of an ended execution to the next waiting execution of its workflow.</summary>
internal sealed class LeaveLine(ConcurrencyLine line) : IEndingHandler
{
    public EndingFlags Flag => EndingFlags.LeaveLine;

    public Task HandleAsync(Ending ending, CancellationToken ct) => line.LeaveAsync(ending.Workflow, ending.Execution, ct);
}
