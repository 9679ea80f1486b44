namespace SaaSFlows.Engine.Journaling;

/// <summary>Where an execution stands, and what it put out if it completed.</summary>
/// <param name="Output">UTF-8 JSON; empty for none.</param>
public sealed record ExecutionEnd(ExecutionStatus Status, ReadOnlyMemory<byte> Output);
