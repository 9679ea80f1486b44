using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests;

/// <summary>A body whose chunks are not what they say is the sender's mistake on every route that reads one.</summary>
public sealed partial class ChunkedBodyTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("xyz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    public async Task Wrong_chunks_are_a_bad_request_everywhere(string body)
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var answers = new List<string>();
        foreach (
            var operation in Contract.Operations.Where(one =>
                one.Method is "POST" or "PUT" or "PATCH" or "DELETE" && one.Json.TryGetProperty("requestBody", out _)
            )
        )
        {
            var path = Parameter()
                .Replace(
                    operation.Template,
                    name =>
                        name.Value switch
                        {
                            "{workflow_id}" => $"{workflow}",
                            "{community_id}" => $"{member.Community}",
                            "{entity_id}" => $"{member.Entity}",
                            _ => $"{Guid.NewGuid()}",
                        }
                );
            var type = operation.Json.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _)
                ? "application/json"
                : "application/x-www-form-urlencoded";
            var status = await SendAsync($"{operation.Method} {path}", type, member.Http.DefaultRequestHeaders.Authorization!.Parameter!, body);
            if (status is not ("400" or "404"))
            {
                answers.Add($"{operation.Method} {operation.Template}: {status}");
            }
        }

        Assert.Empty(answers);
    }

    private async Task<string> SendAsync(string line, string type, string token, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Address.Host, host.Address.Port, Ct);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"{line} HTTP/1.1\r\nHost: {host.Address.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: "
                    + $"{type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{body}"
            ),
            Ct
        );
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return (await reader.ReadLineAsync(Ct))?.Split(' ')[1] ?? "nothing";
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
