namespace SaaSFlows.Vault;

/// <summary>A data key as it is stored: sealed by a master key.</summary>
/// <param name="Id">The id that the envelopes of this key carry.</param>
/// <param name="Generation">Counts a scope's keys from 1. The greatest seals, all of them open.</param>
/// <param name="Envelope">The key, sealed by a master key (envelope version 1).</param>
public sealed record WrappedDataKey(DataKeyId Id, int Generation, byte[] Envelope);
