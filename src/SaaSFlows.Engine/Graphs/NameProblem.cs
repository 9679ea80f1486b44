namespace SaaSFlows.Engine.Graphs;

/// <summary>What is wrong with a name.</summary>
/// <param name="Code">One of <see cref="WarningCodes"/>.</param>
/// <param name="Message">A whole sentence for the author.</param>
/// <param name="Suggestion">What to write instead; null if that is not known.</param>
/// <param name="CannotExist">Whether no execution of the graph can have such a value, so that reading it is a mistake whatever the data are.</param>
internal sealed record NameProblem(string Code, string Message, string? Suggestion = null, bool CannotExist = false);
