using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity;

/// <summary>What is counted by itself.</summary>
/// <param name="Name">Part of the keys of the counters.</param>
/// <param name="PerAccount">The number of attempts in a row without a wait.</param>
internal sealed record GuessKind(string Name, int PerAccount)
{
    public static readonly GuessKind Password = new("", 5);

    /// <summary>Mails are the cost here: to the account's owner, who did not ask for them.</summary>
    public static readonly GuessKind ForgottenPassword = new("forgotten ", 3);

    /// <summary>Three of a million codes are right at any moment.</summary>
    public static readonly GuessKind SecondFactor = new("totp ", 5);

    /// <summary>By client and address: its name is public, and who is wrong elsewhere must not keep it out.</summary>
    public static readonly GuessKind ClientSecret = new("client ", 5);
}

/// <summary>Slows guesses at passwords, in the database: all processes share the count. Safe for concurrent use.</summary>
internal sealed class GuessLimit(PostgresPools pools, TimeProvider time)
{
    // Few accounts share a lock, and it is held for a fraction of a second.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1))];

    // Offices and phone networks share an address.
    private const int PerAddress = 100;
    private const int Ipv6Network = 8;

    /// <summary>
    /// Waits until this process makes no other attempt at the account. An attempt counts as wrong until its password was right, so many right ones at
    /// the same moment would be refused. Dispose it after the attempt.
    /// </summary>
    public async Task<IDisposable> TurnAsync(string account, CancellationToken ct)
    {
        var turn = _turns[(uint)account.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    /// <summary>
    /// Counts an attempt at an account (by its normalised name) before it is made. Returns null if it may be made, otherwise the time to wait. The
    /// answer does not reveal whether the account exists.
    /// </summary>
    public async Task<TimeSpan?> ChargeAsync(GuessKind kind, string account, ClientInfo from, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var charge = AddressKey(kind, from) is { } address
            ? connection.Command(
                "select coalesce(accounts.charge_attempt($4, $5, $3), accounts.charge_attempt($1, $2, $3))",
                AccountKey(kind, account),
                kind.PerAccount,
                now,
                address,
                PerAddress
            )
            : connection.Command("select accounts.charge_attempt($1, $2, $3)", AccountKey(kind, account), kind.PerAccount, now);
        return await charge.ExecuteScalarAsync(ct) is DateTime until ? until - now.UtcDateTime : null;
    }

    /// <summary>
    /// Returns the time to wait before an attempt, or null. It counts nothing, for callers of which many can arrive at the same moment with right
    /// credentials.
    /// </summary>
    public async Task<TimeSpan?> WaitAsync(GuessKind kind, string account, ClientInfo from, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var read = connection.Command(
            "select max(blocked_until) from accounts.sign_in_attempts where key = any ($1) and blocked_until > $2",
            new[] { AccountKey(kind, account), AddressKey(kind, from) ?? [] },
            now
        );
        return await read.ExecuteScalarAsync(ct) is DateTime until ? until - now.UtcDateTime : null;
    }

    /// <summary>The password was right: the account's count is forgotten, the address gets this attempt back and no other.</summary>
    public async Task ForgiveAsync(GuessKind kind, string account, ClientInfo from, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var forget = connection.Command("delete from accounts.sign_in_attempts where key = $1", AccountKey(kind, account));
        await forget.ExecuteNonQueryAsync(ct);
        if (AddressKey(kind, from) is { } address)
        {
            await using var back = connection.Command(
                "update accounts.sign_in_attempts set failures = greatest(failures - 1, 0), blocked_until = case when failures > $2 then "
                    + "blocked_until end where key = $1",
                address,
                PerAddress
            );
            await back.ExecuteNonQueryAsync(ct);
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    internal static byte[] AccountKey(GuessKind kind, string account) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind.Name}account {account}"));

    // The owner of an IPv6 address usually has all 2^64 addresses of its network.
    private static byte[]? AddressKey(GuessKind kind, ClientInfo from)
    {
        if (!IPAddress.TryParse(from.Address, out var address))
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = address.GetAddressBytes();
        return SHA256.HashData([
            .. Encoding.UTF8.GetBytes($"{kind.Name}address "),
            .. address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, Ipv6Network) : bytes,
        ]);
    }
}
