namespace SaaSFlows.Vault;

/// <summary>The source of the master keys.</summary>
public sealed class MasterKeyOptions
{
    /// <summary>Base64 of 32 random bytes; null means the key file in <see cref="Directory"/>.</summary>
    public string? Current { get; set; }

    /// <summary>The master key before the last rotation, in base64. It still opens the keys that it wrapped. Null if there was none.</summary>
    public string? Previous { get; set; }

    /// <summary>Directory of the key file <c>master.key</c>, made on first use when <see cref="Current"/> is null.</summary>
    public string Directory { get; set; } = Path.Combine(".data", "keys");

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
