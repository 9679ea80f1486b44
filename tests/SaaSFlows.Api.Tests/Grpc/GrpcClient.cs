using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests.Grpc;

/// <summary>The npm package <c>@grpc/grpc-js</c> in a process of its own.</summary>
internal sealed class GrpcClient : IDisposable
{
    private readonly Process node;
    private readonly ConcurrentDictionary<int, GrpcCall> calls = new();
    private int last;

    private GrpcClient(Process node) => this.node = node;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<GrpcClient> StartAsync(Uri address)
    {
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, Ct);
        var proto = Path.Combine(root, "src", "SaaSFlows.Api", "Grpc", "workflow_service.proto");
        var here = Path.Combine(root, "tests", "SaaSFlows.Api.Tests", "Grpc");
        // The service as it was first documented: in a file without a package.
        var bare = Path.Combine(Directory.CreateTempSubdirectory("saasflows-proto-").FullName, "bare.proto");
        var text = await File.ReadAllTextAsync(proto, Ct);
        await File.WriteAllTextAsync(bare, text.Replace("package saasflows.v1;", "", StringComparison.Ordinal), Ct);
        var client = new GrpcClient(
            Process.Start(
                new ProcessStartInfo(
                    "node",
                    [Path.Combine(here, "client.mjs"), address.Authority, proto, .. Directory.EnumerateFiles(here, "*.proto"), bare]
                )
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            )!
        );
        await client.node.StandardOutput.ReadLineAsync(Ct);
        _ = client.ListenAsync();
        return client;
    }

    /// <param name="metadata">Null for none; see <see cref="Of"/>.</param>
    /// <param name="deadline">In milliseconds; 0 for none.</param>
    /// <param name="compress">Whether the message goes out as gzip.</param>
    /// <param name="pause">Whether what comes is never read.</param>
    public GrpcCall Start(
        string method,
        object request,
        Dictionary<string, string>? metadata,
        int deadline = 0,
        bool compress = false,
        bool pause = false,
        string service = "saasflows.v1.WorkflowService"
    )
    {
        var id = Interlocked.Increment(ref last);
        var call = new GrpcCall(() => Send(new { id, cancel = true }));
        calls[id] = call;
        Send(
            new
            {
                id,
                service,
                method,
                request,
                metadata = metadata ?? [],
                deadline,
                compress,
                pause,
            }
        );
        return call;
    }

    public Task<GrpcAnswer> CallAsync(string method, object request, Dictionary<string, string>? metadata) =>
        Start(method, request, metadata).EndAsync();

    /// <summary>The member's token as metadata.</summary>
    public static Dictionary<string, string> Of(Member member) => new() { ["authorization"] = $"{member.Http.DefaultRequestHeaders.Authorization}" };

    /// <inheritdoc/>
    public void Dispose()
    {
        node.Kill();
        node.Dispose();
    }

    private void Send(object line)
    {
        lock (node)
        {
            node.StandardInput.WriteLine(JsonSerializer.Serialize(line));
            node.StandardInput.Flush();
        }
    }

    private async Task ListenAsync()
    {
        // Not the token of the context that we were started in: that is over when the fixture is made.
        while (await node.StandardOutput.ReadLineAsync(CancellationToken.None) is { } text)
        {
            var line = JsonElement.Parse(text);
            calls[line.GetProperty("id").GetInt32()].Heard(line);
        }
    }
}

/// <summary>A call that is on its way.</summary>
internal sealed class GrpcCall(Action cancel)
{
    private readonly Channel<JsonElement> messages = Channel.CreateUnbounded<JsonElement>();
    private readonly TaskCompletionSource<JsonElement> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Cancel() => cancel();

    /// <summary>The next message, of a call that goes on.</summary>
    public async Task<JsonElement> NextAsync() =>
        await messages
            .Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>The end, with all messages that were not read one by one.</summary>
    public async Task<GrpcAnswer> EndAsync()
    {
        var status = await end.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var rest = new List<JsonElement>();
        while (messages.Reader.TryRead(out var message))
        {
            rest.Add(message);
        }

        return new(status.GetProperty("code").GetInt32(), status.GetProperty("details").GetString()!, rest, status.GetProperty("trailers"));
    }

    public void Heard(JsonElement line)
    {
        if (line.TryGetProperty("message", out var message))
        {
            messages.Writer.TryWrite(message);
        }
        else
        {
            end.TrySetResult(line);
        }
    }
}

/// <summary>How a call ended.</summary>
internal sealed record GrpcAnswer(int Status, string Message, IReadOnlyList<JsonElement> Messages, JsonElement Trailers)
{
    /// <summary>The one message of a call that went well.</summary>
    public JsonElement Reply => (Status, Messages) is (0, [var only]) ? only : throw new InvalidOperationException($"{this}");

    /// <summary>As in REST's <c>error.code</c>.</summary>
    public string? Code => Trailers.TryGetProperty("error-code", out var code) ? code.GetString() : null;

    /// <summary>As in REST's <c>error.details.reason</c>.</summary>
    public string? Reason => Trailers.TryGetProperty("error-reason", out var reason) ? reason.GetString() : null;
}
