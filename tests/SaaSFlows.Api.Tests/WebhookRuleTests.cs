using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SaaSFlows.Automation.Workflows.Webhooks;

namespace SaaSFlows.Api.Tests;

/// <summary>Who gets in, and in which order that is asked.</summary>
public sealed class WebhookRuleTests(WebhookRuleTests.Host host) : IClassFixture<WebhookRuleTests.Host>
{
    private const string Body = """{"event":"user_joined","user_id":123,"username":"J\u00f6rg ö"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.168.1.0/24", "192.168.1.255", true)]
    [InlineData("192.168.1.0/24", "192.168.2.0", false)]
    [InlineData("192.168.1.0/24", "::ffff:192.168.1.7", true)]
    [InlineData("::ffff:192.168.1.0/120", "192.168.1.7", true)]
    [InlineData("::ffff:192.168.1.0/120", "192.168.2.7", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1", true)]
    public void An_entry_lets_in_its_own(string entry, string caller, bool isIn)
    {
        var errors = new Dictionary<string, string>();
        Allowlist.Check([entry], errors);

        Assert.Empty(errors);
        Assert.Equal(isIn, Allowlist.Contains(Allowlist.Read(entry), IPAddress.Parse(caller)));
    }

    [Theory]
    [InlineData("office")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.1/24")]
    [InlineData("2001:db8::1/64")]
    [InlineData("2001:db8::/129")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData(" 10.0.0.1")]
    public void A_bad_entry_is_named_by_its_index(string entry)
    {
        var errors = new Dictionary<string, string>();
        Allowlist.Check(["10.0.0.1", entry], errors);

        Assert.Contains($"'{entry}'", Assert.Single(errors, error => error.Key == "ip_allowlist[1]").Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_allowlist_is_short_and_its_bad_entries_are_named()
    {
        var (member, id, _) = await HookAsync();
        var bad = await member.PostAsync(
            $"/api/v1/workflows/{id}/webhooks",
            new { name = "Door", ip_allowlist = new string?[] { "10.0.0.0/8", "office", null } }
        );
        var many = await member.PostAsync(
            $"/api/v1/workflows/{id}/webhooks",
            new { name = "Door", ip_allowlist = Enumerable.Repeat("10.0.0.1", 101) }
        );

        Assert.Equal(["ip_allowlist[1]", "ip_allowlist[2]"], bad.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(
            (400, "has 101 entries; the limit is 100."),
            (many.Status, many.Details.GetProperty("errors").GetProperty("ip_allowlist")[0].GetString())
        );
    }

    [Fact]
    public async Task A_caller_behind_the_trusted_proxy_is_who_the_proxy_says_and_nobody_elses_word_counts()
    {
        var (member, id, _) = await HookAsync();
        var token = (await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Office", ip_allowlist = new[] { "203.0.113.0/24" } }))
            .Data.GetProperty("token")
            .GetString()!;

        Assert.Equal(200, (await DeliverAsync(token, forwarded: "203.0.113.9")).Status);
        Assert.Equal("IP_NOT_ALLOWED", (await DeliverAsync(token, forwarded: "198.51.100.1")).Code);
        Assert.Equal("IP_NOT_ALLOWED", (await DeliverAsync(token)).Code);
        // What stands before the proxy's own entry was written by the caller.
        Assert.Equal("IP_NOT_ALLOWED", (await DeliverAsync(token, forwarded: "203.0.113.9, 198.51.100.1")).Code);
    }

    [Fact]
    public async Task What_is_named_changes_for_the_next_delivery_and_the_rest_stays()
    {
        var (member, id, hook) = await HookAsync();
        var (path, token) = ($"/api/v1/workflows/{id}/webhooks/{hook.GetProperty("webhook_id").GetGuid()}", hook.GetProperty("token").GetString()!);
        Assert.Equal(200, (await DeliverAsync(token)).Status);

        var off = await member.PutAsync(
            path,
            new
            {
                enabled = false,
                name = "Renamed",
                description = "For now",
                rate_limit_max = 7,
            }
        );
        Assert.Equal(
            (200, "Webhook updated successfully", "Renamed", "For now", false, 7, 60),
            (
                off.Status,
                off.Json.GetProperty("message").GetString(),
                off.Data.GetProperty("name").GetString(),
                off.Data.GetProperty("description").GetString(),
                off.Data.GetProperty("enabled").GetBoolean(),
                off.Data.GetProperty("rate_limit_max").GetInt32(),
                off.Data.GetProperty("rate_limit_window").GetInt32()
            )
        );
        Assert.Equal((403, "WEBHOOK_DISABLED"), await DeliverAsync(token) is var refused ? (refused.Status, refused.Code) : default);

        var on = await member.PutAsync(path, new { enabled = true, ip_allowlist = new[] { "192.0.2.1" } });
        Assert.Equal(
            ("Renamed", 7, 1),
            (
                on.Data.GetProperty("name").GetString(),
                on.Data.GetProperty("rate_limit_max").GetInt32(),
                on.Data.GetProperty("trigger_count").GetInt32()
            )
        );
        Assert.Equal("IP_NOT_ALLOWED", (await DeliverAsync(token)).Code);
        await member.PutAsync(path, new { ip_allowlist = Array.Empty<string>() });
        Assert.Equal(200, (await DeliverAsync(token)).Status);
        Assert.Equal(400, (await member.PutAsync(path, new { name = "" })).Status);
    }

    [Fact]
    public async Task A_secret_is_shown_when_it_is_made_and_replaced_by_the_next()
    {
        var (member, id, hook) = await HookAsync();
        var (path, token) = ($"/api/v1/workflows/{id}/webhooks/{hook.GetProperty("webhook_id").GetGuid()}", hook.GetProperty("token").GetString()!);
        Assert.Equal((409, "webhook.unsigned"), await member.PostAsync($"{path}/rotate-secret") is var none ? (none.Status, none.Reason) : default);

        var first = (await member.PutAsync(path, new { require_signature = true })).Data.GetProperty("secret").GetString()!;
        Assert.Equal(200, (await DeliverAsync(token, Sign(first, token))).Status);
        Assert.DoesNotContain(first, (await member.PutAsync(path, new { require_signature = true })).Text, StringComparison.Ordinal);
        var second = (await member.PostAsync($"{path}/rotate-secret")).Data.GetProperty("secret").GetString()!;
        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, Sign(first, token))).Code);
        Assert.Equal(200, (await DeliverAsync(token, Sign(second, token))).Status);

        await member.PutAsync(path, new { require_signature = false });
        Assert.Equal(200, (await DeliverAsync(token)).Status);
    }

    [Fact]
    public async Task The_checks_come_in_the_documented_order()
    {
        var (member, id, _) = await HookAsync();
        var made = (
            await member.PostAsync(
                $"/api/v1/workflows/{id}/webhooks",
                new
                {
                    name = "All",
                    require_signature = true,
                    enabled = false,
                    ip_allowlist = new[] { "203.0.113.9" },
                    rate_limit_max = 1,
                }
            )
        ).Data;
        var (path, token, secret) = (
            $"/api/v1/workflows/{id}/webhooks/{made.GetProperty("webhook_id").GetGuid()}",
            made.GetProperty("token").GetString()!,
            made.GetProperty("secret").GetString()!
        );
        Assert.False(made.GetProperty("enabled").GetBoolean());
        const string NoJson = "{";

        Assert.Equal("WEBHOOK_NOT_FOUND", (await DeliverAsync("nobody", "sha256=0", body: NoJson)).Code);
        Assert.Equal("WEBHOOK_DISABLED", (await DeliverAsync(token, "sha256=0", body: NoJson)).Code);
        await member.PutAsync(path, new { enabled = true });
        Assert.Equal("IP_NOT_ALLOWED", (await DeliverAsync(token, "sha256=0", body: NoJson)).Code);
        Assert.Equal("SIGNATURE_REQUIRED", (await DeliverAsync(token, forwarded: "203.0.113.9", body: NoJson)).Code);
        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, Sign(secret, token), "203.0.113.9", NoJson)).Code);
        Assert.Equal("INVALID_JSON", (await DeliverAsync(token, Sign(secret, token, NoJson), "203.0.113.9", NoJson)).Code);
        await member.PostAsync($"/api/v1/workflows/{id}/pause");
        Assert.Equal("CONFLICT", (await DeliverAsync(token, Sign(secret, token), "203.0.113.9")).Code);
        await member.PostAsync($"/api/v1/workflows/{id}/resume");
        Assert.Equal(200, (await DeliverAsync(token, Sign(secret, token), "203.0.113.9")).Status);
        Assert.Equal("RATE_LIMIT_EXCEEDED", (await DeliverAsync(token, Sign(secret, token), "203.0.113.9")).Code);
    }

    [Theory]
    [InlineData("SHA256=")]
    [InlineData("sha1=")]
    [InlineData("")]
    public async Task Only_the_documented_form_of_a_signature_is_taken(string prefix)
    {
        var (member, id, _) = await HookAsync();
        var made = (await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Signed", require_signature = true })).Data;
        var (token, secret) = (made.GetProperty("token").GetString()!, made.GetProperty("secret").GetString()!);

        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, Sign(secret, token).Replace("sha256=", prefix, StringComparison.Ordinal))).Code);
        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, Sign(secret, "another"))).Code);
    }

    [Fact]
    public async Task A_sender_written_for_node_signs_and_is_let_in()
    {
        var (member, id, _) = await HookAsync();
        var made = (await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Node", require_signature = true })).Data;
        const string Script = """
            const { createHmac } = require('node:crypto');
            const [url, token, secret] = process.argv.slice(1);
            const body = Buffer.from(JSON.stringify({ event: 'user_joined', user_id: 123, username: 'Jörg ✓' }));
            const signature = 'sha256=' + createHmac('sha256', secret).update(Buffer.concat([Buffer.from(token), body])).digest('hex');
            fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Webhook-Signature': signature }, body })
              .then(async response => console.log(JSON.stringify({ status: response.status, limit: response.headers.get('x-ratelimit-limit'),
              body: await response.json() })));
            """;
        using var node = Process.Start(
            new ProcessStartInfo(
                "node",
                [
                    "-e",
                    Script,
                    "--",
                    new Uri(host.Address, new Uri(made.GetProperty("url").GetString()!).AbsolutePath).ToString(),
                    made.GetProperty("token").GetString()!,
                    made.GetProperty("secret").GetString()!,
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var answer = JsonElement.Parse(await node.StandardOutput.ReadToEndAsync(Ct));
        await node.WaitForExitAsync(Ct);

        Assert.Equal(
            (200, "60", "queued"),
            (
                answer.GetProperty("status").GetInt32(),
                answer.GetProperty("limit").GetString(),
                answer.GetProperty("body").GetProperty("data").GetProperty("status").GetString()
            )
        );
        var execution = await member.EndedAsync(answer.GetProperty("body").GetProperty("data").GetProperty("execution_id").GetGuid());
        Assert.Equal("completed", execution.GetProperty("status").GetString());
    }

    private async Task<(Member Member, Guid Workflow, JsonElement Hook)> HookAsync()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        return (member, id, (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0]);
    }

    private static string Sign(string secret, string token, string body = Body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(token + body)));

    private async Task<Answer> DeliverAsync(string token, string? signature = null, string? forwarded = null, string body = Body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workflows/webhooks/{token}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (signature is not null)
        {
            request.Headers.Add("X-Webhook-Signature", signature);
        }

        if (forwarded is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwarded);
        }

        using var client = host.Anonymous();
        return await Answer.FromAsync(await client.SendAsync(request, Ct));
    }

    /// <summary>Behind a proxy on this machine.</summary>
    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("ForwardedHeaders_Enabled", "true")];
    }
}
