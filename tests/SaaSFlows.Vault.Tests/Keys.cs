using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Vault.Tests;

/// <summary>Short words for what every test here needs.</summary>
internal static class Keys
{
    public static string NewBase64() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static MasterKeys Load(string current, string? previous = null) =>
        MasterKeys.Load(new() { Current = current, Previous = previous }, NullLogger<MasterKeys>.Instance);

    public static SecretVault NewVault(InMemoryDataKeyStore? store = null) => new(Load(NewBase64()), store ?? new());

    public static TenantId NewTenant() => new(Guid.NewGuid());

    public static Task<byte[]> SealTextAsync(
        this SecretVault vault,
        TenantId? scope,
        string text,
        string purpose = "credential",
        string record = "1"
    ) => vault.SealAsync(scope, purpose, record, Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>The text, or the code of the refusal.</summary>
    public static async Task<string> OpenTextAsync(
        this SecretVault vault,
        TenantId? scope,
        byte[] envelope,
        string purpose = "credential",
        string record = "1"
    )
    {
        var result = await vault.OpenAsync(scope, purpose, record, envelope, TestContext.Current.CancellationToken);
        return result.Match(secret => secret.RevealText(), code => code);
    }
}
