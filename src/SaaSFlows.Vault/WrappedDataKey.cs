namespace SaaSFlows.Vault;

/// <summary>A data key as it is stored: sealed by a master key.</summary>
/// <param name="Id">The id that the envelopes of this key contain.</param>
/// <param name="Generation">The number of the key in its scope, from 1. The key with the greatest number seals; all keys open.</param>
/// <param name="Envelope">The key, sealed by a master key (envelope version 1).</param>
public sealed record WrappedDataKey(DataKeyId Id, int Generation, byte[] Envelope);
