using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace SaaSFlows.Api.Tests;

/// <summary>What an app on a phone does, written independently of the product (RFC 4648, RFC 6238).</summary>
internal sealed class Authenticator
{
    private readonly byte[] secret;

    private Authenticator(string base32, Answer confirmed)
    {
        secret = Decode(base32);
        Confirmed = confirmed;
        RecoveryCodes = [.. confirmed.Data.GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!)];
    }

    public Answer Confirmed { get; }

    public IReadOnlyList<string> RecoveryCodes { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Switches the member's second factor on, with the code of the step before: the current one is still good.</summary>
    public static async Task<Authenticator> AddAsync(Member member)
    {
        var made = await member.PostAsync("/api/v1/me/totp");
        Assert.True(made.Status == 201, made.Text);
        var text = made.Data.GetProperty("secret").GetString()!;
        var confirmed = await member.PostAsync("/api/v1/me/totp/confirm", new { code = Code(Decode(text), -1) });
        Assert.True(confirmed.Status == 200, confirmed.Text);
        return new(text, confirmed);
    }

    public static async Task<string> ChallengeAsync(ApiHost host, Member member, bool cookie = false)
    {
        var answer = await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/login",
                    new
                    {
                        email = member.Email,
                        password = Member.Password,
                        cookie,
                    },
                    Ct
                )
        );
        Assert.Equal((401, "totp.required"), (answer.Status, answer.Reason));
        return answer.Details.GetProperty("challenge").GetString()!;
    }

    public static async Task<Answer> SignInAsync(ApiHost host, string challenge, string code) =>
        await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync("/api/v1/auth/login/totp", new { challenge, code }, Ct));

    public string Code(int steps = 0) => Code(secret, steps);

    public async Task<Answer> RemoveAsync(Member member, string? code = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/me/totp")
        {
            Content = JsonContent.Create(new { code = code ?? RecoveryCodes[0] }),
        };
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }

    private static string Code(byte[] secret, int steps)
    {
        var counter = BitConverter.GetBytes((DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) + steps);
        Array.Reverse(counter);
#pragma warning disable CA5350 // RFC 6238.
        var mac = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var at = mac[19] & 15;
        var number = ((mac[at] & 127) << 24) | (mac[at + 1] << 16) | (mac[at + 2] << 8) | mac[at + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(
            base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        return [.. bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }
}
