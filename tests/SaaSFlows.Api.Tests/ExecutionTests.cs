using System.Net;
using System.Text;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class ExecutionTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_creation_answers_its_command_in_the_chat()
    {
        var member = await host.RegisterAsync();
        var created = await member.PostRawAsync(
            "/api/v1/workflows",
            $$$"""
            {
              "name": "My Workflow",
              "description": "Workflow description",
              "entity_id": {{{member.Entity}}},
              "community_id": {{{member.Community}}},
              "license_key": "optional-license-key",
              "nodes": {
                "node1": {
                  "node_type": "trigger_command",
                  "label": "Command Trigger",
                  "position": {"x": 100, "y": 100},
                  "config": {
                    "command_name": "!test"
                  }
                },
                "node2": {
                  "node_type": "action_chat_message",
                  "label": "Send Message",
                  "position": {"x": 300, "y": 100},
                  "config": {
                    "message": "Hello, {{username}}!"
                  }
                }
              },
              "connections": [
                {
                  "connection_id": "conn1",
                  "from_node_id": "node1",
                  "from_port_name": "output",
                  "to_node_id": "node2",
                  "to_port_name": "input"
                }
              ],
              "global_variables": {
                "greeting": "Hello"
              }
            }
            """
        );
        Assert.Equal(
            (201, "Workflow created successfully", "draft"),
            (created.Status, created.Json.GetProperty("message").GetString(), created.Data.GetProperty("status").GetString())
        );
        var id = created.Data.GetProperty("workflow_id").GetGuid();
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish", new { community_id = member.Community })).Status);

        var posted = await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message = "!test now" });
        Assert.Equal(201, posted.Status);
        var execution = await member.EndedAsync(posted.Data.GetProperty("executions")[0].GetGuid());

        Assert.Equal("completed", execution.GetProperty("status").GetString());
        Assert.Equal(["node1", "node2"], execution.GetProperty("execution_path").EnumerateArray().Select(node => node.GetString()));
        var messages = (await member.GetAsync($"/api/v1/chat/{member.Entity}/messages")).Data;
        Assert.Equal($"Hello, {member.Email.Split('@')[0]}!", messages[1].GetProperty("message").GetString());
        Assert.Equal("workflow", messages[1].GetProperty("author").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task An_execution_shows_path_input_output_and_logs_of_its_nodes()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node("data_variable_set", new { variables = new { doubled = "{{input.amount * 2}}" } }),
                check = Graphs.Node(
                    "condition_if",
                    new
                    {
                        condition = new[]
                        {
                            new
                            {
                                variable = "doubled",
                                @operator = "greater_than",
                                value = 10,
                            },
                        },
                    }
                ),
                large = Graphs.Node("flow_end", new { output_data = new { size = "large", amount = "{{doubled}}" } }),
                small = Graphs.Node("flow_end", new { output_data = new { size = "small" } }),
            },
            new[]
            {
                Graphs.Line("start", "set"),
                Graphs.Line("set", "check"),
                Graphs.Line("check", "large", "true"),
                Graphs.Line("check", "small", "false"),
            }
        );
        var started = await member.PostAsync(
            $"/api/v1/workflows/{id}/execute",
            new
            {
                community_id = member.Community,
                variables = new { amount = 7 },
                metadata = new { session_id = "sess_1" },
            }
        );

        Assert.Equal(202, started.Status);
        Assert.Equal("Workflow execution started", started.Json.GetProperty("message").GetString());
        var ended = await member.EndedAsync(started.Data.GetProperty("execution_id").GetGuid());
        Assert.Equal("""{"size":"large","amount":14}""", ended.GetProperty("final_output").GetRawText());
        Assert.Equal(["start", "set", "check", "large"], ended.GetProperty("execution_path").EnumerateArray().Select(node => node.GetString()));
        Assert.Equal("skipped", ended.GetProperty("node_states").GetProperty("small").GetProperty("status").GetString());
        Assert.Equal(7, ended.GetProperty("node_states").GetProperty("check").GetProperty("input_data").GetProperty("amount").GetInt32());
        Assert.Equal("sess_1", ended.GetProperty("metadata").GetProperty("session_id").GetString());
        Assert.Equal(14, ended.GetProperty("final_variables").GetProperty("doubled").GetInt32());

        var list = await member.GetAsync(
            $"/api/v1/workflows/{id}/executions?community_id={member.Community}&status=completed&sort_by=execution_time&sort_order=asc"
        );
        Assert.True(list.Data[0].GetProperty("success").GetBoolean());
        Assert.Equal(4, list.Data[0].GetProperty("nodes_executed").GetInt32());
    }

    [Fact]
    public async Task A_waiting_execution_can_be_cancelled_once()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var execution = (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Data.GetProperty("execution_id").GetGuid();
        await Eventually.True(
            async () => (await member.GetAsync($"/api/v1/workflows/executions/{execution}")).Data.GetProperty("status").GetString() == "waiting",
            TimeSpan.FromSeconds(10),
            Ct
        );

        var cancelled = await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        Assert.Equal((200, "cancelled"), (cancelled.Status, cancelled.Data.GetProperty("status").GetString()));
        Assert.Equal(
            (409, "execution.ended"),
            await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel") is { } again ? (again.Status, again.Reason) : default
        );
        var states = (await member.GetAsync($"/api/v1/workflows/executions/{execution}")).Data.GetProperty("node_states");
        Assert.Equal("cancelled", states.GetProperty("wait").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_delay_wakes_by_itself()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                wait = Graphs.Node("action_delay", new { delay_ms = 1200 }),
                end = Graphs.Node("flow_end", new { output_data = "woken" }),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("wait", "end") }
        );
        var execution = (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Data.GetProperty("execution_id").GetGuid();

        Assert.Equal("woken", (await member.EndedAsync(execution)).GetProperty("final_output").GetString());
    }

    [Fact]
    public async Task The_same_idempotency_key_answers_with_the_first_execution()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostWithKeyAsync(member, hook, """{"n":1}""", "delivery-1")));
        var other = await PostWithKeyAsync(member, hook, """{"n":2}""", "delivery-1");

        Assert.Single(answers.Select(answer => answer.Data.GetProperty("execution_id").GetGuid()).Distinct());
        Assert.Equal((409, "event.body_differs"), (other.Status, other.Reason));
        Assert.Equal(1, (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0].GetProperty("trigger_count").GetInt64());
    }

    [Fact]
    public async Task A_start_without_a_clear_trigger_names_the_choices()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                a = Graphs.Node("trigger_webhook"),
                b = Graphs.Node("trigger_command", new { command_pattern = "!b" }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("a", "end"), Graphs.Line("b", "end") }
        );
        var open = await member.PostAsync($"/api/v1/workflows/{id}/execute");
        var chosen = await member.PostAsync($"/api/v1/workflows/{id}/execute", new { trigger_node = "b" });

        Assert.Equal(400, open.Status);
        Assert.Contains("a, b", open.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(202, chosen.Status);
    }

    [Fact]
    public async Task A_live_stream_tells_every_change_and_resumes_after_any_of_them()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = (await member.PostAsync($"/api/v1/workflows/{id}/execute", new { variables = new { a = 1 } }))
            .Data.GetProperty("execution_id")
            .GetGuid();
        var all = await StreamAsync(member, execution, null);

        Assert.Equal("end", all[^1].Name);
        Assert.Contains(
            all,
            item =>
                item.Name == "node"
                && item.Data.GetProperty("node_id").GetString() == "end"
                && item.Data.GetProperty("status").GetString() == "completed"
        );
        Assert.Equal("completed", all.Last(item => item.Name == "execution").Data.GetProperty("status").GetString());

        var ids = all.Where(item => item.Id is not null).Select(item => item.Id!.Value).ToList();
        Assert.Equal(ids.Order(), ids);
        var rest = await StreamAsync(member, execution, ids[0]);
        Assert.Equal(ids[1..], rest.Where(item => item.Id is not null).Select(item => item.Id!.Value));
    }

    [Fact]
    public async Task A_websocket_tells_the_same_to_the_end()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Data.GetProperty("execution_id").GetGuid();
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"{member.Http.DefaultRequestHeaders.Authorization}");
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/api/v1/workflows/executions/{execution}/ws" }.Uri, Ct);

        var events = new List<string?>();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, Ct) is { MessageType: System.Net.WebSockets.WebSocketMessageType.Text } message)
        {
            events.Add(JsonElement.Parse(buffer.AsSpan(0, message.Count)).GetProperty("event").GetString());
        }

        Assert.Equal("end", events[^1]);
        Assert.Contains("node", events);
        Assert.Contains("execution", events);
    }

    [Fact]
    public async Task Http_sends_its_idempotency_key_and_an_error_takes_the_error_port()
    {
        var member = await host.RegisterAsync();
        using var receiver = new Receiver(HttpStatusCode.NotFound);
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node(
                    "action_http",
                    new
                    {
                        url = receiver.Url,
                        method = "POST",
                        body = new { hello = "{{input.name}}" },
                    }
                ),
                failed = Graphs.Node("flow_end", new { output_data = "{{input.detail.status}}" }),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "failed", "error") }
        );
        var execution = (await member.PostAsync($"/api/v1/workflows/{id}/execute", new { variables = new { name = "Ann" } }))
            .Data.GetProperty("execution_id")
            .GetGuid();
        var ended = await member.EndedAsync(execution);

        Assert.Equal(404, ended.GetProperty("final_output").GetInt32());
        var call = Assert.Single(receiver.Calls);
        Assert.Equal("""{"hello":"Ann"}""", call.Body);
        Assert.Contains(execution.ToString(), call.IdempotencyKey, StringComparison.Ordinal);
    }

    private static async Task<Answer> PostWithKeyAsync(Member member, string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }

    private static async Task<List<(long? Id, string Name, JsonElement Data)>> StreamAsync(Member member, Guid execution, long? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workflows/executions/{execution}/stream");
        if (after is { } last)
        {
            request.Headers.Add("Last-Event-ID", $"{last}");
        }

        using var response = await member.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        var found = new List<(long?, string, JsonElement)>();
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(Ct))
        {
            found.Add(
                (
                    item.EventId is { Length: > 0 } id && (found.Count == 0 || found[^1].Item1 != long.Parse(id)) ? long.Parse(id) : null,
                    item.EventType,
                    JsonElement.Parse(item.Data)
                )
            );
        }

        return found;
    }
}
