namespace SaaSFlows.Accounts.SigningKeys.Internal;

internal sealed record SigningKeyRow(string Kid, byte[] SealedPrivateKey, bool Retired);
