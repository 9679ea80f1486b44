namespace SaaSFlows.Accounts.Identity.SigningKeys.Internal;

/// <param name="Generation">1, 2, 3, …: a key signs until the next one does.</param>
internal sealed record SigningKeyRow(string Kid, byte[] SealedPrivateKey, int Generation, DateTimeOffset SignsFrom);
