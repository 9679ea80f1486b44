using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Api.Tests;

public sealed class WebhookTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_whose_token_can_t_be_opened_hides_no_other()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(id);
        await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Readable" });
        // As after a change of the master key without the old one.
        await host.CountAsync(
            "with u as (update automation.webhooks set sealed_token = set_byte(sealed_token, 20, 255 - get_byte(sealed_token, 20)) where "
                + "workflow_id = $1 and name <> 'Readable' returning 1) select count(*) from u",
            id
        );

        var listed = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data.EnumerateArray().ToList();
        Assert.Equal(
            [null, "Readable"],
            listed.Select(webhook => webhook.GetProperty("url").GetString() is null ? null : webhook.GetProperty("name").GetString())
        );
        Assert.Null(listed[0].GetProperty("token").GetString());
        Assert.Equal(200, (await member.PostRawAsync(hook, "{}")).Status);
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);
    }

    [Fact]
    public async Task A_signed_webhook_lets_in_only_what_is_signed()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var made = await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Signed", require_signature = true });
        var (token, secret) = (made.Data.GetProperty("token").GetString()!, made.Data.GetProperty("secret").GetString()!);
        const string body = """{"event":"test"}""";
        var signature =
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(token + body)));

        Assert.Equal("SIGNATURE_REQUIRED", (await DeliverAsync(token, body, null)).Code);
        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, body + " ", signature)).Code);
        Assert.Equal("SIGNATURE_INVALID", (await DeliverAsync(token, body, signature[..^1])).Code);
        Assert.Equal(200, (await DeliverAsync(token, body, signature)).Status);
    }

    [Fact]
    public async Task What_is_sent_can_not_say_what_steps_put_out()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(
            await member.PublishAsync(
                new
                {
                    hook = Graphs.Node("trigger_webhook", new { response_mode = "result" }),
                    a = Graphs.Node("data_transform", new { transformations = new { body = "'real'" } }),
                    end = Graphs.Node("flow_end", new { output_data = "{{ steps.a.body }}" }),
                },
                new[] { Graphs.Line("hook", "a"), Graphs.Line("a", "end") }
            )
        );

        var answer = await member.PostRawAsync(hook, """{"steps":{"a":{"body":"evil"}}}""");

        Assert.Contains("real", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_allowlist_keeps_others_out()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var closed = await member.PostAsync(
            $"/api/v1/workflows/{id}/webhooks",
            new { name = "Office", ip_allowlist = new[] { "192.168.1.0/24", "10.0.0.1" } }
        );
        var open = await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Here", ip_allowlist = new[] { "127.0.0.0/8" } });
        var wrong = await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Wrong", ip_allowlist = new[] { "office" } });

        Assert.Equal(
            (403, "IP_NOT_ALLOWED"),
            await DeliverAsync(closed.Data.GetProperty("token").GetString()!, "{}", null) is { } refused ? (refused.Status, refused.Code) : default
        );
        Assert.Equal(200, (await DeliverAsync(open.Data.GetProperty("token").GetString()!, "{}", null)).Status);
        Assert.Equal(400, wrong.Status);
    }

    [Fact]
    public async Task A_deleted_webhook_is_gone_at_once()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0];
        var token = webhook.GetProperty("token").GetString()!;
        Assert.Equal(200, (await DeliverAsync(token, "{}", null)).Status);

        Assert.Equal(200, (await member.DeleteAsync($"/api/v1/workflows/{id}/webhooks/{webhook.GetProperty("webhook_id").GetString()}")).Status);
        Assert.Equal((404, "WEBHOOK_NOT_FOUND"), await DeliverAsync(token, "{}", null) is { } gone ? (gone.Status, gone.Code) : default);
    }

    [Fact]
    public async Task A_published_change_is_live_for_the_next_delivery()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(id);
        await member.PostRawAsync(hook, "{}");
        await member.PutAsync(
            $"/api/v1/workflows/{id}",
            new { nodes = new { hook = Graphs.Node("trigger_webhook"), end = Graphs.Node("flow_end", new { output_data = "two" }) } }
        );
        await member.PostAsync($"/api/v1/workflows/{id}/publish");
        var execution = (await member.PostRawAsync(hook, "{}")).Data.GetProperty("execution_id").GetGuid();

        Assert.Equal("two", (await member.EndedAsync(execution)).GetProperty("final_output").GetString());
    }

    [Fact]
    public async Task A_trigger_that_wants_signatures_gets_a_door_that_wants_them()
    {
        var member = await host.RegisterAsync();
        var open = await member.CreateAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var first = await member.PostAsync($"/api/v1/workflows/{open}/publish");
        var token = first.Data.GetProperty("webhooks")[0].GetProperty("token").GetString()!;
        Assert.Equal(200, (await DeliverAsync(token, "{}", null)).Status);

        await member.PutAsync(
            $"/api/v1/workflows/{open}",
            new
            {
                nodes = new
                {
                    hook = Graphs.Node("trigger_webhook", new { require_signature = true, allowed_ips = new[] { "127.0.0.1" } }),
                    end = Graphs.Node("flow_end"),
                },
            }
        );
        var second = await member.PostAsync($"/api/v1/workflows/{open}/publish");
        var closed = second.Data.GetProperty("webhooks")[0];
        var signature =
            "sha256="
            + Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(closed.GetProperty("secret").GetString()!), Encoding.UTF8.GetBytes(token + "{}"))
            );

        Assert.Equal(token, closed.GetProperty("token").GetString());
        Assert.Equal("127.0.0.1", closed.GetProperty("ip_allowlist")[0].GetString());
        Assert.Equal("SIGNATURE_REQUIRED", (await DeliverAsync(token, "{}", null)).Code);
        Assert.Equal(200, (await DeliverAsync(token, "{}", signature)).Status);
        Assert.DoesNotContain("secret", (await member.GetAsync($"/api/v1/workflows/{open}/webhooks")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_in_result_mode_answers_with_status_and_output()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections));
        var ended = (await member.PostRawAsync(hook, """{"name":"Ada","deep":{"x":"\u0000"}}""")).Data;

        Assert.Equal(("completed", "Ada"), (ended.GetProperty("status").GetString(), ended.GetProperty("output").GetProperty("name").GetString()));
        var shown = await member.GetAsync($"/api/v1/workflows/executions/{ended.GetProperty("execution_id").GetGuid()}");
        Assert.Equal("completed", shown.Data.GetProperty("status").GetString());
        Assert.Equal(ended.GetProperty("output").GetRawText(), shown.Data.GetProperty("final_output").GetRawText());
    }

    [Fact]
    public async Task A_result_is_waited_for_when_the_execution_waits_and_a_failed_one_has_no_output()
    {
        var member = await host.RegisterAsync();
        var hooked = Graphs.Node("trigger_webhook", new { response_mode = "result" });
        var waits = await member.WebhookAsync(
            await member.PublishAsync(
                new
                {
                    hook = hooked,
                    wait = Graphs.Node("action_delay", new { delay_ms = 50 }),
                    end = Graphs.Node("flow_end", new { output_data = "late" }),
                },
                new[] { Graphs.Line("hook", "wait"), Graphs.Line("wait", "end") }
            )
        );
        var fails = await member.WebhookAsync(
            await member.PublishAsync(
                new { hook = hooked, end = Graphs.Node("flow_end", new { output_data = "{{nothing.there}}" }) },
                new[] { Graphs.Line("hook", "end") }
            )
        );

        var late = (await member.PostRawAsync(waits, "{}")).Data;
        Assert.Equal(("completed", "late"), (late.GetProperty("status").GetString(), late.GetProperty("output").GetString()));
        var failed = (await member.PostRawAsync(fails, "{}")).Data;
        Assert.Equal(("failed", "null"), (failed.GetProperty("status").GetString(), failed.GetProperty("output").GetRawText()));
    }

    [Fact]
    public async Task Fifty_deliveries_of_one_event_in_result_mode_get_the_result_of_the_first()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections));
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, hook)
                    {
                        Content = new StringContent("""{"name":"Ada"}""", Encoding.UTF8, "application/json"),
                    };
                    request.Headers.Add("Idempotency-Key", "one");
                    return (await Answer.FromAsync(await member.Http.SendAsync(request, Ct))).Data;
                })
        );

        Assert.Single(answers.Select(answer => answer.GetProperty("execution_id").GetGuid()).Distinct());
        Assert.All(
            answers,
            answer =>
                Assert.Equal(
                    ("completed", "Ada"),
                    (answer.GetProperty("status").GetString(), answer.GetProperty("output").GetProperty("name").GetString())
                )
        );
    }

    private async Task<Answer> DeliverAsync(string token, string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workflows/webhooks/{token}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (signature is not null)
        {
            request.Headers.Add("X-Webhook-Signature", signature);
        }

        using var client = host.Anonymous();
        return await Answer.FromAsync(await client.SendAsync(request, Ct));
    }
}
