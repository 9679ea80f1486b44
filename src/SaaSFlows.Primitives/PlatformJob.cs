namespace SaaSFlows.Primitives;

/// <summary>Recurring work of the platform itself. The host's job server runs it, in one of the processes with the scheduler role.</summary>
/// <param name="Name">The name that operators see: lower case, with dashes.</param>
/// <param name="Cron">The schedule in UTC. The shortest interval is a minute.</param>
/// <param name="RunAsync">Does the work. Two runs at the same time must do no harm. An exception is logged, and the next run tries again.</param>
public sealed record PlatformJob(string Name, string Cron, Func<CancellationToken, Task> RunAsync);
