using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Streams end within five seconds after the access that they were opened with.</summary>
public sealed class StreamEndTests(ApiHost host) : IClassFixture<ApiHost>
{
    // Five seconds, and what the first byte takes on a loaded machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("removed", "access.ended", 4401)]
    [InlineData("signed out", "access.ended", 4401)]
    [InlineData("suspended", "access.ended", 4401)]
    [InlineData("another role", "permission.missing", 4403)]
    [InlineData("out of the community", "access.changed", 4403)]
    public async Task All_three_streams_say_why_they_end(string what, string reason, int code)
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "editor");
        var execution = await WaitingAsync(owner);
        using var events = await OpenAsync(member, $"/api/v1/workflows/executions/{execution}/stream");
        using var chat = await OpenAsync(member, $"/api/v1/chat/{owner.Entity}/stream");
        using var socket = await ConnectAsync(member, execution);

        await LoseAsync(what, owner, member);

        var ends = Task.WhenAll(LastAsync(events), LastAsync(chat), LastAsync(socket));
        Assert.All(await ends.WaitAsync(Soon, Ct), last => Assert.Equal(reason, last.GetProperty("reason").GetString()));
        Assert.Equal((code, reason), ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription));

        using var door = await member.Http.GetAsync($"/api/v1/workflows/executions/{execution}/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True((int)door.StatusCode is 401 or 403 or 404, $"{door.StatusCode}");
    }

    [Fact]
    public async Task A_stream_of_an_api_key_ends_with_the_key()
    {
        var owner = await host.RegisterAsync();
        var execution = await WaitingAsync(owner);
        var key = (await owner.PostAsync("/api/v1/api-keys", new { name = "stream" })).Data;
        using var events = await OpenAsync(With(owner, key.GetProperty("key").GetString()!), $"/api/v1/workflows/executions/{execution}/stream");

        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/api-keys/{key.GetProperty("api_key_id").GetGuid()}")).Status);
        Assert.Equal("access.ended", (await LastAsync(events).WaitAsync(Soon, Ct)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_stream_of_a_trusted_issuers_token_ends_with_the_trust()
    {
        using var issuer = new OutsideIssuer();
        var owner = await host.RegisterAsync();
        var execution = await WaitingAsync(owner);
        var trust = (
            await owner.PostAsync(
                "/api/v1/trusted-issuers",
                new
                {
                    name = "Ours",
                    issuer = issuer.Url,
                    audience = "x",
                    permissions = new[] { "read:logs" },
                    subjects = new[] { new { subject = "ada", user_id = owner.Id } },
                }
            )
        ).Data.GetProperty("trusted_issuer_id").GetGuid();
        var outside = With(owner, issuer.Token(DateTimeOffset.UtcNow, "x", "ada"));
        outside.Http.DefaultRequestHeaders.Add("X-Tenant", $"{owner.Tenant}");
        await Eventually.True(async () => (await outside.GetAsync("/api/v1/me")).Status == 200, Soon, Ct);
        using var events = await OpenAsync(outside, $"/api/v1/workflows/executions/{execution}/stream");

        await owner.DeleteAsync($"/api/v1/trusted-issuers/{trust}");
        Assert.Equal("access.ended", (await LastAsync(events).WaitAsync(Soon, Ct)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_concerns_somebody_else_ends_no_stream()
    {
        var owner = await host.RegisterAsync();
        var (member, other) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "editor"));
        using var chat = await OpenAsync(member, $"/api/v1/chat/{owner.Entity}/stream");
        using var others = await OpenAsync(other, $"/api/v1/chat/{owner.Entity}/stream");

        await owner.DeleteAsync($"/api/v1/members/{other.Id}");
        await LastAsync(others).WaitAsync(Soon, Ct);
        await owner.PostAsync($"/api/v1/chat/{owner.Entity}/messages", new { message = "still there?" });
        await using var stream = await chat.Content.ReadAsStreamAsync(Ct);
        var first = await SseParser.Create(stream).EnumerateAsync(Ct).FirstAsync(Ct);
        Assert.Equal("message", first.EventType);
    }

    private async Task LoseAsync(string what, Member owner, Member member)
    {
        switch (what)
        {
            case "removed":
                Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/members/{member.Id}")).Status);
                break;
            case "signed out":
                Assert.Equal(200, (await member.PostAsync("/api/v1/auth/logout")).Status);
                break;
            case "suspended":
                await host.CountAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1 returning 1", owner.Tenant);
                break;
            case "another role":
                var role = (await owner.PostAsync("/api/v1/roles", new { name = "Writer", permissions = new[] { "create:workflows" } }))
                    .Data.GetProperty("role")
                    .GetString();
                Assert.Equal(200, (await owner.PatchAsync($"/api/v1/members/{member.Id}", new { role })).Status);
                break;
            default:
                Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/communities/{owner.Community}/members/{member.Id}")).Status);
                break;
        }
    }

    internal static async Task<Guid> WaitingAsync(Member owner)
    {
        var execution = await owner.StartAsync(await owner.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections));
        await owner.ParkedAsync(execution);
        return execution;
    }

    internal static async Task<HttpResponseMessage> OpenAsync(Member member, string path)
    {
        var response = await member.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(200, (int)response.StatusCode);
        return response;
    }

    /// <summary>Reads to the end; the data of the last event.</summary>
    internal static async Task<JsonElement> LastAsync(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        var last = await SseParser.Create(stream).EnumerateAsync(Ct).LastAsync(Ct);
        Assert.Equal("end", last.EventType);
        return JsonElement.Parse(last.Data);
    }

    private static async Task<JsonElement> LastAsync(ClientWebSocket socket)
    {
        var (buffer, last) = (new byte[64 * 1024], default(JsonElement));
        while (await socket.ReceiveAsync(buffer, Ct) is { MessageType: WebSocketMessageType.Text } message)
        {
            last = JsonElement.Parse(buffer.AsSpan(0, message.Count));
        }

        Assert.Equal("end", last.GetProperty("event").GetString());
        return last.GetProperty("data");
    }

    private async Task<ClientWebSocket> ConnectAsync(Member member, Guid execution)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"{member.Http.DefaultRequestHeaders.Authorization}");
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/api/v1/workflows/executions/{execution}/ws" }.Uri, Ct);
        return socket;
    }

    private Member With(Member member, string token)
    {
        var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return member with { Http = client };
    }
}

/// <summary>A token that has ended ends its stream too.</summary>
public sealed class StreamOfShortTokenTests(StreamOfShortTokenTests.Host host) : IClassFixture<StreamOfShortTokenTests.Host>
{
    [Fact]
    public async Task A_stream_does_not_outlive_its_token()
    {
        var owner = await host.RegisterAsync();
        using var chat = await StreamEndTests.OpenAsync(owner, $"/api/v1/chat/{owner.Entity}/stream");

        Assert.Equal(
            "token.expired",
            (await StreamEndTests.LastAsync(chat).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))
                .GetProperty("reason")
                .GetString()
        );
    }

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("AccessTokens:Lifetime", "00:00:06")];
    }
}
