namespace SaaSFlows.Api.Health;

/// <summary>What the wire has to know of the database: this project can't ask it itself.</summary>
/// <param name="WhileAnswering">A token that is cancelled as long as the database does not answer.</param>
/// <param name="Explains">Whether an exception means that the database is away, and not a fault of ours. Notes it.</param>
public sealed record DatabaseAvailability(Func<CancellationToken> WhileAnswering, Func<Exception, bool> Explains);
