namespace SaaSFlows.Vault;

/// <summary>The id of a data key. Each envelope contains the id of its key in clear.</summary>
public readonly record struct DataKeyId(Guid Value);
