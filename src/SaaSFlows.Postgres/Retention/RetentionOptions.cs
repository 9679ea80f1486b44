namespace SaaSFlows.Postgres.Retention;

/// <summary>How long history is kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// Days that an ended execution and its journal are kept, at least; up to a week more, because whole weeks are dropped. 0 for ever.
    /// </summary>
    public int Days { get; set; } = 90;

    /// <summary>The same for usage facts, from which bills are made.</summary>
    public int UsageDays { get; set; } = 800;
}
