using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests.Grpc;

public sealed class WorkflowServiceTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    // The status codes of gRPC.
    private const int Cancelled = 1,
        InvalidArgument = 3,
        DeadlineExceeded = 4,
        NotFound = 5,
        PermissionDenied = 7,
        ResourceExhausted = 8,
        FailedPrecondition = 9,
        Unimplemented = 12,
        Unauthenticated = 16;

    private GrpcClient Client => host.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_is_started_and_shown_with_what_it_was_given()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections, "Écho ✓");
        const string Variables = """{"name": "Zoë 🙂", "big": 12345678901234567890.10, "100%": null}""";

        var started = (
            await Client.CallAsync(
                "ExecuteWorkflow",
                new
                {
                    workflow_id = workflow,
                    variables = Variables,
                    metadata = """{"from":"grpc"}""",
                },
                GrpcClient.Of(owner)
            )
        ).Reply;
        Assert.Equal($"{workflow}", started.GetProperty("workflow_id").GetString());
        Assert.Contains(started.GetProperty("status").GetString(), new[] { "queued", "running" });
        Assert.True(started.GetProperty("start_time").GetProperty("seconds").GetInt64() > 0);
        var execution = started.GetProperty("execution_id").GetGuid();
        var rest = await owner.EndedAsync(execution);

        var status = (
            await Client.CallAsync("GetExecutionStatus", new { execution_id = execution, include_metrics = true }, GrpcClient.Of(owner))
        ).Reply;
        Assert.Equal(("completed", "Écho ✓", "manual"), (Text(status, "status"), Text(status, "workflow_name"), Text(status, "trigger")));
        Assert.Equal(["start", "end"], status.GetProperty("execution_path").EnumerateArray().Select(node => node.GetString()!));
        Assert.Equal(JsonElement.Parse(Variables).GetRawText(), Text(status, "final_output"));
        Assert.Equal("""{"from":"grpc"}""", Text(status, "metadata"));
        Assert.Equal(rest.GetProperty("last_seq").GetInt64(), status.GetProperty("last_seq").GetInt64());
        Assert.Equal("completed", Text(status.GetProperty("node_states").GetProperty("end"), "status"));
        Assert.Equal(2, status.GetProperty("metrics").GetProperty("nodes_executed").GetInt32());
        Assert.Equal("execution.started", (await owner.GetAsync("/api/v1/audit")).Data.GetProperty("entries")[0].GetProperty("action").GetString());
    }

    [Fact]
    public async Task The_same_key_answers_with_the_first_execution_over_grpc_and_rest()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        var request = new
        {
            workflow_id = workflow,
            variables = """{"a":1}""",
            idempotency_key = "order-7",
        };

        var first = (await Client.CallAsync("ExecuteWorkflow", request, GrpcClient.Of(owner))).Reply;
        var second = (await Client.CallAsync("ExecuteWorkflow", request, GrpcClient.Of(owner))).Reply;
        var byMetadata = (
            await Client.CallAsync(
                "ExecuteWorkflow",
                new { workflow_id = workflow, variables = """{"a":1}""" },
                new(GrpcClient.Of(owner)) { ["idempotency-key"] = "order-7" }
            )
        ).Reply;
        using var rest = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workflows/{workflow}/execute")
        {
            Headers = { { "Idempotency-Key", "order-7" } },
        };
        rest.Content = new StringContent("""{"variables":{"a":1}}""", System.Text.Encoding.UTF8, "application/json");
        var overRest = await Answer.FromAsync(await owner.Http.SendAsync(rest, Ct));
        var other = await Client.CallAsync("ExecuteWorkflow", request with { variables = """{"a":2}""" }, GrpcClient.Of(owner));

        Assert.Equal(
            (false, true, true),
            (first.GetProperty("replayed").GetBoolean(), second.GetProperty("replayed").GetBoolean(), byMetadata.GetProperty("replayed").GetBoolean())
        );
        Assert.Equal(
            [Text(first, "execution_id")],
            new[] { Text(second, "execution_id"), Text(byMetadata, "execution_id"), Text(overRest.Data, "execution_id") }.Distinct()
        );
        Assert.Equal((FailedPrecondition, "CONFLICT"), (other.Status, other.Code));
    }

    [Fact]
    public async Task A_watch_tells_what_happens_and_ends_with_the_execution()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        await owner.ParkedAsync(execution);
        var watch = Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(owner));

        JsonElement seen;
        do
        {
            seen = await watch.NextAsync();
        } while (Text(seen, "change") != "execution" || Text(seen.GetProperty("execution"), "status") != "waiting");
        var cancelled = (await Client.CallAsync("CancelExecution", new { execution_id = execution }, GrpcClient.Of(owner))).Reply;
        var rest = await watch.EndAsync();

        Assert.Equal("cancelled", Text(cancelled, "status"));
        Assert.True(cancelled.GetProperty("cancelled_at").GetProperty("seconds").GetInt64() > 0);
        Assert.Equal(0, rest.Status);
        Assert.Equal("cancelled", Text(rest.Messages[^1].GetProperty("execution"), "status"));

        var again = await Client.CallAsync(
            "WatchExecution",
            new { execution_id = execution, after_seq = seen.GetProperty("resume_after").GetInt64() },
            GrpcClient.Of(owner)
        );
        Assert.Equal(rest.Messages.Select(message => message.GetRawText()), again.Messages.Select(message => message.GetRawText()));
        var twice = await Client.CallAsync("CancelExecution", new { execution_id = execution }, GrpcClient.Of(owner));
        Assert.Equal((FailedPrecondition, "execution.ended"), (twice.Status, twice.Reason));
        Assert.Equal(
            "execution.cancel_requested",
            (await owner.GetAsync("/api/v1/audit")).Data.GetProperty("entries")[0].GetProperty("action").GetString()
        );
    }

    [Fact]
    public async Task A_hundred_calls_at_once_are_answered_each_with_its_own()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);

        var started = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(number =>
                    Client.CallAsync("ExecuteWorkflow", new { workflow_id = workflow, variables = $$"""{"n":{{number}}}""" }, GrpcClient.Of(owner))
                )
        );
        var ended = await Task.WhenAll(
            started.Select(answer =>
                Client.CallAsync("WatchExecution", new { execution_id = Text(answer.Reply, "execution_id") }, GrpcClient.Of(owner))
            )
        );

        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => $$"""{"n":{{number}}}"""),
            ended.Select(watch => Text(watch.Messages[^1].GetProperty("execution"), "final_output"))
        );
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("authorization", "Bearer wrong")]
    [InlineData("authorization", "Basic eDp5")]
    [InlineData("x-api-key", "sf_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_token_is_refused(string? name, string? value)
    {
        var metadata = name is null ? null : new Dictionary<string, string> { [name] = value! };
        foreach (var method in new[] { "ExecuteWorkflow", "GetExecutionStatus", "CancelExecution", "WatchExecution" })
        {
            var answer = await Client.CallAsync(method, new { }, metadata);
            Assert.Equal((Unauthenticated, "UNAUTHORIZED"), (answer.Status, answer.Code));
        }
    }

    [Fact]
    public async Task An_api_key_may_call_with_what_it_was_given()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        var key = (await owner.PostAsync("/api/v1/api-keys", new { name = "ci", permissions = new[] { "execute:workflows" } }))
            .Data.GetProperty("key")
            .GetString()!;
        foreach (
            var metadata in new Dictionary<string, string>[]
            {
                new() { ["x-api-key"] = key },
                new() { ["authorization"] = $"Bearer {key}" },
            }
        )
        {
            var started = (await Client.CallAsync("ExecuteWorkflow", new { workflow_id = workflow }, metadata)).Reply;
            var shown = await Client.CallAsync("GetExecutionStatus", new { execution_id = Text(started, "execution_id") }, metadata);
            Assert.Equal((PermissionDenied, "permission.missing"), (shown.Status, shown.Reason));
        }
    }

    // Who gets through, and what others see of one's objects: the lines of REST's access-matrix.txt.
    [Theory]
    [InlineData("ExecuteWorkflow", "owner admin editor operator")]
    [InlineData("GetExecutionStatus", "owner admin editor operator viewer")]
    [InlineData("CancelExecution", "owner admin editor operator")]
    [InlineData("WatchExecution", "owner admin editor operator viewer")]
    public async Task A_method_lets_in_whom_rest_lets_in(string method, string roles)
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Wait.Nodes, Wait.Connections);
        var execution = await owner.StartAsync(workflow);
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        foreach (var role in new[] { "owner", "admin", "editor", "operator", "viewer" })
        {
            var member = role == "owner" ? owner : await host.InviteAsync(owner, role);
            var answer = await Client.CallAsync(method, new { workflow_id = Guid.NewGuid(), execution_id = Guid.NewGuid() }, GrpcClient.Of(member));
            Assert.Equal((role, roles.Contains(role, StringComparison.Ordinal) ? NotFound : PermissionDenied), (role, answer.Status));
        }

        foreach (var other in new[] { await host.InviteAsync(owner with { Community = community }, "editor"), await host.RegisterAsync() })
        {
            var answer = await Client.CallAsync(method, new { workflow_id = workflow, execution_id = execution }, GrpcClient.Of(other));
            Assert.Equal((NotFound, 0), (answer.Status, answer.Messages.Count));
        }
    }

    [Theory]
    [InlineData("ExecuteWorkflow", """{"workflow_id":""}""", NotFound, "workflow.not_found")]
    [InlineData("ExecuteWorkflow", """{"workflow_id":"%zz ü"}""", NotFound, "workflow.not_found")]
    [InlineData("GetExecutionStatus", """{"execution_id":"1"}""", NotFound, "execution.not_found")]
    [InlineData("CancelExecution", "{}", NotFound, "execution.not_found")]
    [InlineData("WatchExecution", """{"after_seq":-1}""", InvalidArgument, "input.invalid")]
    [InlineData("WatchExecution", "{}", NotFound, "execution.not_found")]
    [InlineData("Nonsense", "{}", Unimplemented, "rpc.unknown")]
    public async Task Bad_input_is_refused_as_in_rest(string method, string request, int status, string reason)
    {
        var owner = await host.RegisterAsync();
        var answer = await Client.CallAsync(method, JsonElement.Parse(request), GrpcClient.Of(owner));

        Assert.Equal((status, reason), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("[1]", "variables: must be a JSON object.")]
    [InlineData("{", "variables: must be a JSON object.")]
    [InlineData(
        """{"a":["\ud83d"]}""",
        "variables.a[0]: holds text that is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8."
    )]
    [InlineData("""{"\ud800":1}""", "variables: holds text that is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8.")]
    public async Task Variables_have_to_be_an_object(string variables, string message)
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        var answer = await Client.CallAsync("ExecuteWorkflow", new { workflow_id = workflow, variables }, GrpcClient.Of(owner));
        var unknown = await Client.CallAsync(
            "ExecuteWorkflow",
            new { workflow_id = workflow, trigger_node = "ünbekannt 100%" },
            GrpcClient.Of(owner)
        );

        Assert.Equal((InvalidArgument, message), (answer.Status, answer.Message));
        Assert.Equal(InvalidArgument, unknown.Status);
        Assert.Contains("ünbekannt 100%", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_also_when_it_was_small_on_the_wire()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        object Request(int bytes) => new { workflow_id = workflow, variables = $$"""{"a":"{{new string('a', bytes)}}"}""" };

        foreach (var (bytes, compress) in new[] { (1_100_000, false), (20_000_000, false), (20_000_000, true) })
        {
            var refused = await Client.Start("ExecuteWorkflow", Request(bytes), GrpcClient.Of(owner), compress: compress).EndAsync();
            Assert.Equal((ResourceExhausted, "PAYLOAD_TOO_LARGE"), (refused.Status, refused.Code));
        }

        Assert.Equal(0, (await Client.Start("ExecuteWorkflow", Request(200_000), GrpcClient.Of(owner), compress: true).EndAsync()).Status);
        Assert.Equal(0, (await Client.Start("ExecuteWorkflow", Request(200_000), GrpcClient.Of(owner)).EndAsync()).Status);
    }

    [Fact]
    public async Task A_call_ends_at_its_deadline_and_when_it_is_cancelled()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        var late = await Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(owner), deadline: 1_000).EndAsync();
        var watch = Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(owner));
        await watch.NextAsync();
        watch.Cancel();

        Assert.Equal((DeadlineExceeded, Cancelled), (late.Status, (await watch.EndAsync()).Status));
        Assert.Equal(
            "waiting",
            Text((await Client.CallAsync("GetExecutionStatus", new { execution_id = execution }, GrpcClient.Of(owner))).Reply, "status")
        );
    }

    [Fact]
    public async Task A_watch_ends_when_its_caller_loses_access()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        var key = (await owner.PostAsync("/api/v1/api-keys", new { name = "ci" })).Data;
        var (leaver, revoked) = (
            await host.InviteAsync(owner, "viewer"),
            new Dictionary<string, string> { ["x-api-key"] = key.GetProperty("key").GetString()! }
        );
        var watches = new[]
        {
            Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(leaver)),
            Client.Start("WatchExecution", new { execution_id = execution }, revoked),
        };
        await Task.WhenAll(watches.Select(watch => watch.NextAsync()));
        var stays = Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(owner));
        await stays.NextAsync();

        Assert.Equal(200, (await leaver.DeleteAsync("/api/v1/members/me")).Status);
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/api-keys/{key.GetProperty("api_key_id").GetString()}")).Status);

        Assert.Equal([Unauthenticated, Unauthenticated], (await Task.WhenAll(watches.Select(watch => watch.EndAsync()))).Select(end => end.Status));
        await Client.CallAsync("CancelExecution", new { execution_id = execution }, GrpcClient.Of(owner));
        Assert.Equal(0, (await stays.EndAsync()).Status);
    }

    [Fact]
    public async Task Health_is_told_to_everybody()
    {
        foreach (var service in new[] { "", "saasflows.v1.WorkflowService", "WorkflowService" })
        {
            var healthy = await Client.Start("Check", new { service }, null, service: "grpc.health.v1.Health").EndAsync();
            Assert.Equal("SERVING", Text(healthy.Reply, "status"));
        }

        Assert.Equal(NotFound, (await Client.Start("Check", new { service = "x" }, null, service: "grpc.health.v1.Health").EndAsync()).Status);
    }

    [Fact]
    public async Task The_server_tells_tools_what_it_serves()
    {
        var services = (await ReflectAsync(new { list_services = "*" })).GetProperty("list_services_response").GetProperty("service");
        Assert.Equal(
            [
                "WorkflowService",
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
                "saasflows.v1.WorkflowService",
            ],
            services.EnumerateArray().Select(service => Text(service, "name")).Order(StringComparer.Ordinal)
        );

        foreach (var name in new[] { "saasflows.v1.WorkflowService", "WorkflowService" })
        {
            var described = (await ReflectAsync(new { file_containing_symbol = name })).GetProperty("file_descriptor_response");
            var files = described
                .GetProperty("file_descriptor_proto")
                .EnumerateArray()
                .Select(file => ByteString.CopyFrom([.. file.GetProperty("data").EnumerateArray().Select(one => one.GetByte())]))
                .Reverse();
            var service = Assert.Single(
                FileDescriptor.BuildFromByteStrings(files).SelectMany(file => file.Services),
                service => service.FullName == name
            );
            Assert.Equal(
                ["ExecuteWorkflow", "GetExecutionStatus", "CancelExecution", "WatchExecution"],
                service.Methods.Select(method => method.Name)
            );
        }

        Assert.Equal(
            NotFound,
            (await ReflectAsync(new { file_containing_symbol = "saasflows.v1.Nothing" }))
                .GetProperty("error_response")
                .GetProperty("error_code")
                .GetInt32()
        );
    }

    [Fact]
    public async Task Clients_of_the_definition_without_a_package_are_answered()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var started = await Client
            .Start("ExecuteWorkflow", new { workflow_id = workflow }, GrpcClient.Of(member), service: "WorkflowService")
            .EndAsync();
        var execution = Text(started.Reply, "execution_id");
        await member.EndedAsync(Guid.Parse(execution!));

        var status = await Client
            .Start("GetExecutionStatus", new { execution_id = execution }, GrpcClient.Of(member), service: "WorkflowService")
            .EndAsync();
        Assert.Equal("completed", Text(status.Reply, "status"));
        var cancelled = await Client
            .Start("CancelExecution", new { execution_id = execution }, GrpcClient.Of(member), service: "WorkflowService")
            .EndAsync();
        Assert.NotEqual(12, cancelled.Status);
        Assert.Equal(16, (await Client.Start("ExecuteWorkflow", new { workflow_id = workflow }, null, service: "WorkflowService").EndAsync()).Status);
    }

    [Fact]
    public async Task The_proto_file_is_served()
    {
        using var anybody = host.Anonymous();
        var proto = await anybody.GetStringAsync("/api/v1/grpc/workflow_service.proto", Ct);
        Assert.Contains("service WorkflowService", proto, StringComparison.Ordinal);
    }

    private async Task<JsonElement> ReflectAsync(object request) =>
        (await Client.Start("ServerReflectionInfo", request, null, service: "grpc.reflection.v1.ServerReflection").EndAsync()).Reply;

    private static string? Text(JsonElement of, string field) => of.GetProperty(field).GetString();
}
