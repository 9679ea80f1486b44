using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Starting;

/// <summary>What became of a new execution.</summary>
/// <param name="Transition">What the write that accepted it made of it; null if it was refused, or is left to the queue.</param>
public readonly record struct FirstWrite(AcceptVerdict Verdict, ExecutionTransition? Transition);
