using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Wire;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests.Grpc;

/// <summary>What no client library would send.</summary>
public sealed class GrpcWireTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private const string Watch = "/saasflows.v1.WorkflowService/WatchExecution";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_ends_a_call_at_its_deadline()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        var (status, reason) = await SendAsync(
            owner,
            Watch,
            Frame(new WatchExecutionRequest { ExecutionId = $"{execution}" }),
            ("grpc-timeout", "300m")
        );

        Assert.Equal(("4", null), (status, reason));
        Assert.Equal(
            "4",
            (await SendAsync(owner, Watch, Frame(new WatchExecutionRequest { ExecutionId = $"{execution}" }), ("grpc-timeout", "1u"))).Status
        );
        Assert.Equal(("5", "execution.not_found"), await SendAsync(owner, Watch, Frame(new WatchExecutionRequest()), ("grpc-timeout", "99999999H")));
        foreach (var malformed in new[] { "1", "x", "123456789S", "-1S", "1 S", "1Y" })
        {
            Assert.Equal(
                ("5", "execution.not_found"),
                await SendAsync(owner, Watch, Frame(new WatchExecutionRequest()), ("grpc-timeout", malformed))
            );
        }
    }

    // Else it would hold the place of a request, and end with an outage.
    [Fact]
    public async Task A_watch_with_nothing_to_tell_has_begun_all_the_same()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        await owner.ParkedAsync(execution);
        var last = (await owner.GetAsync($"/api/v1/workflows/executions/{execution}")).Data.GetProperty("last_seq").GetInt64();
        using var client = Http2(host.GrpcAddress);
        using var content = new ByteArrayContent(Frame(new WatchExecutionRequest { ExecutionId = $"{execution}", AfterSeq = last }))
        {
            Headers = { ContentType = new("application/grpc") },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, Watch)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = owner.Http.DefaultRequestHeaders.Authorization;

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("grpc-status"));
    }

    [Fact]
    public async Task Broken_frames_are_refused()
    {
        var owner = await host.RegisterAsync();
        var good = Frame(new WatchExecutionRequest { ExecutionId = $"{Guid.NewGuid()}" });
        Assert.Equal(("5", "execution.not_found"), await SendAsync(owner, Watch, good));
        foreach (
            var broken in new byte[][]
            {
                [],
                [0],
                [0, 0, 0, 0, 9, 1],
                good[..^1],
                [.. good, .. good],
                [.. good, 0],
                [0, 0, 0, 0, 2, 0xff, 0xff],
                [0, 0xff, 0xff, 0xff, 0xff],
            }
        )
        {
            Assert.Equal(("3", "rpc.malformed"), await SendAsync(owner, Watch, broken));
        }

        Assert.Equal(("8", "body.too_large"), await SendAsync(owner, Watch, [0, 0, 0x20, 0, 0]));
        byte[] compressed = [1, .. good[1..]];
        Assert.Equal(("3", "rpc.malformed"), await SendAsync(owner, Watch, compressed));
        Assert.Equal(("12", "rpc.encoding"), await SendAsync(owner, Watch, compressed, ("grpc-encoding", "br")));
        Assert.Equal(("3", "rpc.malformed"), await SendAsync(owner, Watch, compressed, ("grpc-encoding", "gzip")));
    }

    [Fact]
    public async Task Each_port_answers_only_its_own_calls()
    {
        var owner = await host.RegisterAsync();
        using var grpc = Http2(host.GrpcAddress);
        foreach (var path in new[] { "/health", "/api/v1/me", "/api/v1/auth/login", "/swagger-ui/index.html", "/" })
        {
            Assert.Equal(("12", "rpc.unknown"), await SendAsync(owner, path, []));
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await grpc.GetAsync(path, Ct)).StatusCode);
        }

        foreach (var type in new[] { "application/json", "application/grpc-web", "application/grpc+json" })
        {
            using var content = new ByteArrayContent([]) { Headers = { ContentType = new(type) } };
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await grpc.PostAsync(Watch, content, Ct)).StatusCode);
        }

        using var frame = new ByteArrayContent(Frame(new WatchExecutionRequest())) { Headers = { ContentType = new("application/grpc") } };
        var onRest = await owner.Http.PostAsync(Watch, frame, Ct);
        Assert.Equal(HttpStatusCode.NotFound, onRest.StatusCode);
        Assert.Contains("route.not_found", await onRest.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_code_has_a_status()
    {
        var codes = typeof(ErrorCode).GetFields().Select(field => field.GetValue(null)).OfType<ErrorCode>().ToList();
        Assert.Equal(
            """
            BAD_REQUEST InvalidArgument
            CONFLICT FailedPrecondition
            EXECUTION_ERROR FailedPrecondition
            EXECUTION_TIMEOUT DeadlineExceeded
            FORBIDDEN PermissionDenied
            INTERNAL_ERROR Internal
            INVALID_JSON InvalidArgument
            IP_NOT_ALLOWED PermissionDenied
            METHOD_NOT_ALLOWED Unimplemented
            NOT_FOUND NotFound
            PAYLOAD_TOO_LARGE ResourceExhausted
            PAYMENT_REQUIRED ResourceExhausted
            PERMISSION_DENIED PermissionDenied
            RATE_LIMIT_EXCEEDED ResourceExhausted
            SIGNATURE_INVALID PermissionDenied
            SIGNATURE_REQUIRED PermissionDenied
            UNAUTHORIZED Unauthenticated
            UNAVAILABLE Unavailable
            UNSUPPORTED_MEDIA_TYPE Unimplemented
            WEBHOOK_DISABLED PermissionDenied
            WEBHOOK_NOT_FOUND NotFound
            WORKFLOW_NOT_FOUND NotFound
            """,
            string.Join('\n', codes.Select(code => $"{code.Name} {GrpcErrors.StatusOf(code)}").Order(StringComparer.Ordinal))
        );
    }

    private async Task<(string? Status, string? Reason)> SendAsync(
        Member member,
        string path,
        byte[] body,
        params (string Name, string Value)[] headers
    )
    {
        using var client = Http2(host.GrpcAddress);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/grpc") } },
        };
        request.Headers.Authorization = member.Http.DefaultRequestHeaders.Authorization;
        Array.ForEach(headers, header => request.Headers.TryAddWithoutValidation(header.Name, header.Value));
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await client.SendAsync(request, Ct);
        Assert.Equal((HttpStatusCode.OK, "application/grpc"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return (Value(response, "grpc-status"), Value(response, "error-reason"));
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.Single() : null;

    private static HttpClient Http2(Uri address) =>
        new()
        {
            BaseAddress = address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static byte[] Frame(WatchExecutionRequest message)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, message.CalculateSize());
        return [0, .. length, .. message.ToByteArray()];
    }
}
