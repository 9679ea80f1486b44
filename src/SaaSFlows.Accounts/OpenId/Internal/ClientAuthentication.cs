using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>Checks who a client is. Safe for concurrent use.</summary>
internal sealed class ClientAuthentication(PostgresPools pools, GuessLimit guesses)
{
    /// <summary>The client, or a refusal that is the same for an unknown client and a wrong secret.</summary>
    public async Task<OAuthResult<RegisteredClient>> AuthenticateAsync(ClientCredentials given, ClientInfo from, CancellationToken ct)
    {
        var account = $"{given.Id} {from.Address}";
        if (given.Secret is not null && await guesses.WaitAsync(GuessKind.ClientSecret, account, from, ct) is { } wait)
        {
            return TooMany(wait);
        }

        if (await FindAsync(given.Id, ct) is { } client && client.IsRight(given.Secret))
        {
            return client;
        }

        return given.Secret is not null && await guesses.ChargeAsync(GuessKind.ClientSecret, account, from, ct) is { } next
            ? TooMany(next)
            : OAuthError.WrongClient;
    }

    private static OAuthError TooMany(TimeSpan wait) =>
        new(OAuthError.InvalidClient, "There were too many wrong secrets. Wait a while, then try again.") { RetryAfter = wait };

    private async Task<RegisteredClient?> FindAsync(string? id, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        return await RegisteredClient.FindAsync(connection, id, ct);
    }
}
