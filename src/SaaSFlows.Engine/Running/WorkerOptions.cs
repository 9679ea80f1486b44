namespace SaaSFlows.Engine.Running;

/// <summary>How one process runs executions.</summary>
public sealed class WorkerOptions
{
    /// <summary>Executions that run at the same time.</summary>
    public int Slots { get; set; } = 256;

    /// <summary>How long a new execution waits in memory for a slot, before it is accepted, until it is left to the queue.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most new executions that wait for a slot in memory; 0 leaves all of them to the queue.</summary>
    public int MaxWaiting { get; set; } = 4_096;

    /// <summary>Most bytes of input that they hold together.</summary>
    public long MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Executions taken from the queue in one go.</summary>
    public int ClaimBatch { get; set; } = 64;

    /// <summary>
    /// Effects of one execution that run at the same time, where its workflow does not ask for more. 1: one at a time, whatever it asks for.
    /// </summary>
    public int EffectsPerExecution { get; set; } = 4;

    /// <summary>
    /// Executions of one tenant that may wait in the queue before its workflows can start no others: workflows that start each other, a hundred at a
    /// time, would else go on for ever.
    /// </summary>
    public int MostWaitingPerTenant { get; set; } = 10_000;

    /// <summary>How long an execution stays with a process that has gone silent.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often leases are prolonged and new facts (a cancel, an answer) are asked for.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the queue is looked at when nobody says that there is something.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time an event stays unwritten while nodes run.</summary>
    public TimeSpan FlushAfter { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Most events that stay unwritten.</summary>
    public int FlushEvents { get; set; } = 500;

    /// <summary>Time an effect has to answer after it was told to stop.</summary>
    public TimeSpan InterruptGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that effects have to end by themselves at shutdown, before they are told to stop.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with these options; empty if nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Slots < 1 || ClaimBatch < 1 || EffectsPerExecution < 1 || FlushEvents < 1 || MostWaitingPerTenant < 1)
        {
            yield return "Slots, ClaimBatch, EffectsPerExecution, FlushEvents and MostWaitingPerTenant must be at least 1.";
        }

        if (MaxWait <= TimeSpan.Zero || MaxWaiting < 0 || MaxWaitingBytes < 0)
        {
            yield return "MaxWait must be positive, MaxWaiting and MaxWaitingBytes at least 0.";
        }

        if (Heartbeat <= TimeSpan.Zero || Poll <= TimeSpan.Zero || Heartbeat > Lease / 3)
        {
            yield return "Heartbeat and Poll must be positive, and Heartbeat at most a third of Lease.";
        }
    }
}
