using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Tests.Grpc;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>
/// Protobuf that no client library would send, to each call of the gRPC service: each ends with a status that is the client's fault, or well.
/// </summary>
public sealed class GrpcFuzzTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private const int Requests = 400;

    // UNKNOWN, INTERNAL, DATA_LOSS: faults of ours.
    private static readonly HashSet<string?> Faults = [null, "2", "13", "15"];

    private static readonly string[] Methods = ["ExecuteWorkflow", "GetExecutionStatus", "CancelExecution", "WatchExecution", "Nothing"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broken_messages_end_with_a_status_that_says_so()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = await owner.StartAsync(workflow);
        using var client = new HttpClient { BaseAddress = host.GrpcAddress };
        var (problems, random) = (new List<string>(), new Random(11));
        for (var number = 0; number < Requests; number++)
        {
            var method = Methods[number % Methods.Length];
            var message = Spoil(Frame(Message(method, $"{workflow}", $"{execution}", random)), random);
            var status = await SendAsync(client, owner, method, message);
            if (Faults.Contains(status))
            {
                problems.Add($"{method} {Convert.ToHexString(message)} -> {status}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static IMessage Message(string method, string workflow, string execution, Random random)
    {
        var text =
            random.Next(3) == 0 ? BadValues.Text[random.Next(BadValues.Text.Count)]
            : random.Next(4) == 0 ? "\0"
            : null;
        return method switch
        {
            "ExecuteWorkflow" => new ExecuteWorkflowRequest { WorkflowId = text ?? workflow },
            "GetExecutionStatus" => new GetExecutionStatusRequest { ExecutionId = text ?? execution },
            "CancelExecution" => new CancelExecutionRequest { ExecutionId = text ?? execution },
            _ => new WatchExecutionRequest { ExecutionId = text ?? execution },
        };
    }

    private static byte[] Frame(IMessage message)
    {
        // A field that no message has, and one that each has a second time.
        byte[] body = [.. message.ToByteArray(), 0xf8, 0x7f, 1];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        return [0, .. length, .. body];
    }

    private static byte[] Spoil(byte[] frame, Random random)
    {
        for (var faults = random.Next(5); faults > 0; faults--)
        {
            frame[random.Next(5, frame.Length)] = (byte)random.Next(256);
        }

        return random.Next(10) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }

    private static async Task<string?> SendAsync(HttpClient client, Member owner, string method, byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/saasflows.v1.WorkflowService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(message) { Headers = { ContentType = new("application/grpc") } },
        };
        request.Headers.Authorization = owner.Http.DefaultRequestHeaders.Authorization;
        using var response = await client.SendAsync(request, Ct);
        // A refusal has its status among the headers, a reply behind the message.
        await response.Content.ReadAsByteArrayAsync(Ct);
        return response.TrailingHeaders.TryGetValues("grpc-status", out var values) || response.Headers.TryGetValues("grpc-status", out values)
            ? values.First()
            : null;
    }
}
