using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Api.Tests;

/// <summary>Bodies in other charsets than UTF-8 are read or refused: nothing becomes U+FFFD.</summary>
public sealed class CharsetTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Text = """{"name":"Größe €"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("utf-16")]
    [InlineData("utf-16be")]
    [InlineData("\"UTF-8\"")]
    public async Task A_delivery_is_read_by_the_charset_that_it_names(string charset)
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections));
        var answer = await SendAsync(member, hook, Charsets.Find(charset)!.GetBytes(Text), charset);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("Größe €", answer.Data.GetProperty("output").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_signature_is_made_from_the_bytes_that_were_sent()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var made = await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "Signed", require_signature = true });
        var (token, secret) = (made.Data.GetProperty("token").GetString()!, made.Data.GetProperty("secret").GetString()!);
        var body = Encoding.Unicode.GetBytes(Text);
        var signature =
            "sha256="
            + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(token), .. body]));

        Assert.Equal(200, (await SendAsync(member, $"/api/v1/workflows/webhooks/{token}", body, "utf-16", signature)).Status);
    }

    [Theory]
    [InlineData("made-up", 415, "body.charset")]
    [InlineData("utf-7", 415, "body.charset")]
    [InlineData("utf-8", 400, "body.invalid_encoding")]
    [InlineData(null, 400, "body.invalid_encoding")]
    [InlineData("shift_jis", 400, "body.invalid_encoding")]
    public async Task A_body_that_can_t_be_read_is_refused(string? charset, int status, string reason)
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        byte[] body = [.. "{\"name\":\""u8, 0x81, .. "\"}"u8];
        foreach (var path in new[] { hook, "/api/v1/workflows", "/api/v1/auth/login" })
        {
            var answer = await SendAsync(member, path, body, charset);
            Assert.Equal((status, reason), (answer.Status, answer.Reason));
        }
    }

    private static async Task<Answer> SendAsync(Member member, string path, byte[] body, string? charset, string? signature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = charset };
        if (signature is not null)
        {
            request.Headers.Add("X-Webhook-Signature", signature);
        }

        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }
}
