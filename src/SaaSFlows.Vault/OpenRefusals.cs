namespace SaaSFlows.Vault;

/// <summary>The reasons why an envelope can't be opened. The codes are stable.</summary>
public static class OpenRefusals
{
    /// <summary>The bytes are fewer than those of any envelope.</summary>
    public const string Malformed = "vault.malformed";

    /// <summary>The version of the format is unknown to this build.</summary>
    public const string UnknownVersion = "vault.unknown_version";

    /// <summary>The scope has no data key with this id: the envelope is from another scope, or the key was destroyed.</summary>
    public const string UnknownDataKey = "vault.unknown_data_key";

    /// <summary>The data key is wrapped by a master key that is not configured.</summary>
    public const string UnknownMasterKey = "vault.unknown_master_key";

    /// <summary>The bytes were changed, or the envelope is of another purpose or record.</summary>
    public const string NotAuthentic = "vault.not_authentic";
}
