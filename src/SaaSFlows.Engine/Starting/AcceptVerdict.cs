using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Starting;

/// <summary>What became of an <see cref="NewExecution"/>. A closed family, read by <c>switch</c>.</summary>
public abstract record AcceptVerdict
{
    // Private, so the nested cases below are the whole family.
    private AcceptVerdict() { }

    /// <summary>On disk: execution, first event, queue row, usage fact.</summary>
    /// <param name="Fence">1 with a lease: goes with every write. 0 without.</param>
    public sealed record Accepted(long Fence) : AcceptVerdict
    {
        /// <summary>Older executions that make room for it.</summary>
        public IReadOnlyList<ExecutionId> AskedToCancel { get; init; } = [];

        /// <summary>What its webhook still takes; null without one.</summary>
        public RateStanding? Rate { get; init; }
    }

    /// <summary>The event was accepted before.</summary>
    /// <param name="First">The execution that it started.</param>
    /// <param name="SameBody">False if the same key came with another body.</param>
    public sealed record Duplicate(ExecutionId First, bool SameBody) : AcceptVerdict
    {
        /// <summary>What its webhook still takes; null without one, or where a new delivery would be refused.</summary>
        public RateStanding? Rate { get; init; }
    }

    /// <summary>Another version is published, or the licence changed, since the caller looked: load again and retry.</summary>
    public sealed record StaleVersion : AcceptVerdict;

    /// <summary>The workflow is gone, not active, or paused.</summary>
    public sealed record WorkflowClosed : AcceptVerdict;

    /// <summary>The webhook is gone or switched off, or its rules changed since the caller checked them.</summary>
    public sealed record WebhookDisabled : AcceptVerdict;

    /// <summary>The tenant is gone or suspended.</summary>
    public sealed record TenantClosed : AcceptVerdict;

    /// <summary>The parent is gone or over.</summary>
    public sealed record ParentEnded : AcceptVerdict;

    /// <summary>The parent is at the greatest depth already.</summary>
    public sealed record TooDeep : AcceptVerdict;

    /// <summary>As many run as the workflow allows, and this one may not wait.</summary>
    public sealed record LimitReached : AcceptVerdict;

    /// <summary>The webhook has taken as many as its limit allows in its window.</summary>
    public sealed record RateLimited(RateStanding Rate) : AcceptVerdict;
}

/// <summary>How near a webhook is to its limit.</summary>
/// <param name="Left">How many it would take now.</param>
/// <param name="FreesAt">When the oldest deliveries that count stop counting.</param>
public readonly record struct RateStanding(int Limit, int Left, DateTimeOffset FreesAt);
