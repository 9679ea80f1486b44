namespace SaaSFlows.Accounts.OpenId;

/// <summary>What a client showed to prove who it is.</summary>
/// <param name="Id">Its client_id.</param>
/// <param name="Secret">Null for a public client.</param>
public sealed record ClientCredentials(string? Id, string? Secret)
{
    public override string ToString() => "***";
}
