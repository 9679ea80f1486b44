namespace SaaSFlows.Vault;

/// <summary>Why an envelope stays shut. The codes are stable.</summary>
public static class OpenRefusals
{
    /// <summary>Shorter than any envelope.</summary>
    public const string Malformed = "vault.malformed";

    /// <summary>Made by a version of the format that this build can't read.</summary>
    public const string UnknownVersion = "vault.unknown_version";

    /// <summary>The scope has no data key of this id: another scope's envelope, or the key was destroyed.</summary>
    public const string UnknownDataKey = "vault.unknown_data_key";

    /// <summary>The data key is wrapped by a master key that is not configured.</summary>
    public const string UnknownMasterKey = "vault.unknown_master_key";

    /// <summary>Changed bytes, or an envelope of another purpose or record.</summary>
    public const string NotAuthentic = "vault.not_authentic";
}
