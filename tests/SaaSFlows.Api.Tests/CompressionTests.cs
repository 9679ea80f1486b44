using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace SaaSFlows.Api.Tests;

public sealed class CompressionTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Reads_are_compressed_for_those_who_understand_it(string encoding)
    {
        var member = await host.RegisterAsync();
        using var answer = await AskAsync(member, HttpMethod.Get, "/api/v1/activities", encoding);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Ct);

        Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        using var packed = new MemoryStream(bytes);
        using Stream opened =
            encoding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var text = new StreamReader(opened, Encoding.UTF8);
        var body = await text.ReadToEndAsync(Ct);
        Assert.True(JsonElement.Parse(body).GetProperty("success").GetBoolean());
        Assert.True(bytes.Length * 2 < body.Length, $"{bytes.Length} of {body.Length} bytes");

        using var plain = await AskAsync(member, HttpMethod.Get, "/api/v1/activities", "identity");
        Assert.Empty(plain.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Answers_with_secrets_and_event_streams_are_not_compressed()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        using var webhooks = await AskAsync(member, HttpMethod.Get, $"/api/v1/workflows/{workflow}/webhooks", "br");
        using var key = await AskAsync(member, HttpMethod.Post, "/api/v1/api-keys", "br", """{"name":"Key","permissions":["read:workflows"]}""");
        using var signIn = await AskAsync(
            member,
            HttpMethod.Post,
            "/api/v1/auth/login",
            "br",
            """{"email":"a@example.org","password":"wrong horse battery"}"""
        );
        using var stream = await AskAsync(member, HttpMethod.Get, $"/api/v1/chat/{member.Entity}/stream", "br");

        Assert.All([webhooks, key, signIn, stream], answer => Assert.Empty(answer.Content.Headers.ContentEncoding));
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<HttpResponseMessage> AskAsync(Member member, HttpMethod method, string path, string encoding, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await member.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}
