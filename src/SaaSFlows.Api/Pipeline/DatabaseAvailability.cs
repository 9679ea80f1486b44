namespace SaaSFlows.Api.Pipeline;

/// <summary>What the wire has to know of the database: this project can't ask it itself.</summary>
/// <param name="WhileAnswering">A token that is cancelled as long as the database does not answer.</param>
/// <param name="IsAway">Whether an exception means that the database could not be reached or did not answer in time.</param>
/// <param name="Explains">Whether the outage, which is told elsewhere, explains such an exception: then it is not worth a line.</param>
public sealed record DatabaseAvailability(Func<CancellationToken> WhileAnswering, Func<Exception, bool> IsAway, Func<Exception, bool> Explains);
