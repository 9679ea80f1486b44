using System.Text.Json;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Tests.Audit;

public sealed class AuditValuesTests
{
    [Fact]
    public void Of_two_objects_only_what_differs_is_kept()
    {
        var (before, after) = AuditValues.Of(
            new
            {
                name = "Old",
                size = 1,
                nodes = new[] { new { id = "a", label = "A" }, new { id = "b", label = "B" } },
                inner = new { x = 1, y = 2 },
            },
            new
            {
                name = "New",
                size = 1,
                nodes = new[] { new { id = "a", label = "A" }, new { id = "b", label = "C" } },
                inner = new { x = 1, y = 3 },
            }
        );

        Assert.Equal("""{"name":"Old","nodes":[{"id":"b","label":"B"}],"inner":{"y":2}}""", before);
        Assert.Equal("""{"name":"New","nodes":[{"id":"b","label":"C"}],"inner":{"y":3}}""", after);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("newPassword")]
    [InlineData("client_secret")]
    [InlineData("refresh_token")]
    [InlineData("api_key")]
    [InlineData("X-Api-Key")]
    [InlineData("Authorization")]
    [InlineData("privateKey")]
    [InlineData("set-cookie")]
    public void Field_with_a_secret_name_is_masked_whatever_it_holds(string name)
    {
        var (_, text) = AuditValues.Of(null, new Dictionary<string, object> { [name] = "plain-secret" });
        var (_, nested) = AuditValues.Of(null, new { config = new Dictionary<string, object> { [name] = new[] { "plain-secret" } } });
        var (_, pair) = AuditValues.Of(null, new { headers = new[] { new { name, value = "plain-secret" } } });

        Assert.All([text, nested, pair], json => Assert.DoesNotContain("plain-secret", json!, StringComparison.Ordinal));
        Assert.Contains("***", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer abcdefghijklmnop", "abcdefghijklmnop")]
    [InlineData("see eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "eyJ")]
    [InlineData("postgres://anna:hunter22@db/x", "hunter22")]
    [InlineData("https://example.com/hook?x=1&token=abc123&y=2", "abc123")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----", "MHcC")]
    [InlineData("sk_live_abcdefghijklmnopqrst", "abcdefghijklmnop")]
    public void Text_that_looks_like_a_secret_is_masked_under_any_name(string text, string secret)
    {
        var (_, after) = AuditValues.Of(null, new { note = text });

        Assert.DoesNotContain(secret, after, StringComparison.Ordinal);
        Assert.Contains("***", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Harmless_fields_ids_and_flags_stay_and_changed_secrets_are_seen_to_change()
    {
        var (before, after) = AuditValues.Of(
            new
            {
                password = "one",
                require_secret = false,
                api_key_id = new UserId(Guid.Empty),
                hash = new byte[] { 1 },
            },
            new
            {
                password = "two",
                require_secret = true,
                api_key_id = (UserId?)null,
                hash = new byte[] { 2 },
            }
        );

        Assert.Equal("""{"password":"***","require_secret":false,"api_key_id":"00000000-0000-0000-0000-000000000000"}""", before);
        Assert.Equal("""{"password":"***","require_secret":true,"api_key_id":null}""", after);
    }

    [Fact]
    public void Long_text_and_large_objects_are_cut_visibly()
    {
        var (_, text) = AuditValues.Of(null, new { note = new string('x', 5_000) });
        var (_, large) = AuditValues.Of(null, Enumerable.Range(0, 10_000).ToDictionary(i => $"field{i}", i => i));

        Assert.Contains("… (cut: 5,000 characters)", text, StringComparison.Ordinal);
        Assert.True(text!.Length < 1_200);
        Assert.Contains("bytes.", JsonElement.Parse(large!).GetProperty("cut").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("{\"field0\":0", JsonElement.Parse(large!).GetProperty("start").GetString(), StringComparison.Ordinal);
        Assert.True(large!.Length < 16 * 1024);
        Assert.EndsWith("… (cut: 301 characters)", AuditValues.Cut(new string('y', 301)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"\ud800","b":1}""")]
    [InlineData("""{"\ud800":"x","b":1}""")]
    [InlineData("""{"a":"\u0000","b":1}""")]
    public void Odd_text_does_no_harm(string json)
    {
        var (before, after) = AuditValues.Of(JsonElement.Parse(json), new { document = JsonElement.Parse(json) });

        Assert.Contains("\"b\":1", before, StringComparison.Ordinal);
        Assert.Contains("\"b\":1", after, StringComparison.Ordinal);
        Assert.Equal("a\uFFFDb\uFFFD", AuditValues.Cut("a\0b\ud800"));
    }
}
