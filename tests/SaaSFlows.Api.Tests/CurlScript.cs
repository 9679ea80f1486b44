using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>Runs examples of the documents as they stand there, but for address and account.</summary>
internal static class CurlScript
{
    // Put before examples that show no token: each curl sends it.
    private const string WithToken = "curl() { command curl -H \"Authorization: Bearer {token}\" \"$@\"; }\n";

    /// <summary>What the last command prints.</summary>
    public static Task<JsonElement> RunAsync(ApiHost host, Member member, string script)
    {
        var address = host.Address.ToString().TrimEnd('/');
        return Examples.CurlAsync(
            script,
            ("http://localhost:8080", address),
            ("http://localhost:8000", address),
            ("user@example.com", member.Email),
            ("\"password\": \"password\"", $"\"password\": \"{Member.Password}\"")
        );
    }

    /// <summary>The same for examples that show no token.</summary>
    public static Task<JsonElement> RunSignedInAsync(ApiHost host, Member member, string script) =>
        RunAsync(
            host,
            member,
            WithToken.Replace("{token}", member.Http.DefaultRequestHeaders.Authorization!.Parameter, StringComparison.Ordinal) + script
        );
}
