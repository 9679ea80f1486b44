namespace SaaSFlows.Vault;

/// <summary>Names one data key; it stands in clear in every envelope which that key sealed.</summary>
public readonly record struct DataKeyId(Guid Value);
