using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>What validation says beyond errors, and the names that it knows, through the API.</summary>
public sealed class ValidationWarningTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Warnings_have_a_code_a_place_and_what_to_write_instead()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                end = Graphs.Node("flow_end", new { output_data = new { list = new[] { "a {{ nodes.strat.output }}" } } }),
            },
            new[] { Graphs.Line("start", "end") }
        );

        var report = (await member.PostAsync($"/api/v1/workflows/{id}/validate")).Data;

        Assert.True(report.GetProperty("is_valid").GetBoolean());
        Assert.Equal(
            "Node 'end': output_data.list[0]: There is no node 'strat'. Write nodes.start.output.",
            Assert.Single(report.GetProperty("warnings").EnumerateArray()).GetString()
        );
        var warning = Assert.Single(report.GetProperty("warning_details").EnumerateArray());
        Assert.Equal(
            ("name.unknown_node", "end", "output_data.list[0]", 5, "nodes.start.output"),
            (
                Text(warning, "code"),
                Text(warning, "node_id"),
                Text(warning, "field"),
                warning.GetProperty("position").GetInt32(),
                Text(warning, "suggestion")
            )
        );

        var published = await member.PostAsync($"/api/v1/workflows/{id}/publish");
        Assert.Equal("name.unknown_node", Text(Assert.Single(published.Data.GetProperty("warning_details").EnumerateArray()), "code"));
    }

    [Fact]
    public async Task A_workflow_that_does_not_exist_or_is_not_in_use_is_told()
    {
        var member = await host.RegisterAsync();
        var draft = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Not yet");
        var used = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Send invoice");
        var stranger = await (await host.RegisterAsync()).PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Elsewhere");

        async Task<string?> WarningAsync(object workflow)
        {
            var id = await member.CreateAsync(
                new
                {
                    start = Graphs.Node("trigger_manual"),
                    call = Graphs.Node("action_workflow", new { workflow }),
                    end = Graphs.Node("flow_end"),
                },
                new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "success") }
            );
            var report = (await member.PostAsync($"/api/v1/workflows/{id}/validate")).Data;
            return report
                .GetProperty("warning_details")
                .EnumerateArray()
                .Select(warning =>
                {
                    Assert.Equal("workflow.unknown_workflow", Text(warning, "code"));
                    return Text(warning, "message");
                })
                .SingleOrDefault();
        }

        Assert.Null(await WarningAsync(used));
        Assert.Null(await WarningAsync("send-invoice"));
        Assert.Null(await WarningAsync("{{ input.which }}"));
        Assert.Equal(
            "Node 'call': workflow: The community has no workflow with the id or key 'send-invioce'. Write send-invoice.",
            await WarningAsync("send-invioce")
        );
        Assert.EndsWith("is not published, so it cannot be started. Publish it.", await WarningAsync(draft), StringComparison.Ordinal);
        Assert.Contains($"has no workflow with the id or key '{stranger}'", await WarningAsync(stranger), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_fields_are_names_that_hide_nothing()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["hook"] = Graphs.Node("trigger_webhook", new { response_mode = "result" }),
            ["known"] = Graphs.Node("data_variable_set", new { variables = new { user_id = "mine" } }),
            ["decide"] = Graphs.Node(
                "condition_if",
                new
                {
                    condition = new[]
                    {
                        new
                        {
                            variable = "username",
                            @operator = "equals",
                            value = "testuser",
                        },
                    },
                }
            ),
            ["end"] = Graphs.Node("flow_end", new { output_data = "{{ username }} {{ user_id }} {{ payload.user_id }} {{ payload.payload }}" }),
        };
        var id = await member.PublishAsync(
            nodes,
            new[] { Graphs.Line("hook", "known"), Graphs.Line("known", "decide"), Graphs.Line("decide", "end", "true") }
        );

        var answer = await member.PostRawAsync(
            await member.WebhookAsync(id),
            """{"event": "user_joined", "user_id": 123, "username": "testuser", "payload": "inner"}"""
        );

        Assert.Equal("testuser mine 123 inner", answer.Data.GetProperty("output").GetString());
    }

    [Fact]
    public async Task Names_of_where_it_runs_and_of_steps()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["step1"] = Graphs.Node("data_transform", new { transformations = new { body = "'hello'" } }),
            ["end"] = Graphs.Node(
                "flow_end",
                new
                {
                    output_data = new
                    {
                        name = "{{ workflow.name }}",
                        slug = "{{ tenant.slug }}",
                        at = "{{ execution.started_at }}",
                        step = "{{ steps.step1.body }}",
                        same = "{{ steps.step1.output.body }}",
                        input = "{{ input['step1']['body'] }}",
                        whole = "{{ input }}",
                    },
                }
            ),
        };
        var id = await member.PublishAsync(nodes, new[] { Graphs.Line("start", "step1"), Graphs.Line("step1", "end") }, "Names of places");

        var ended = await member.EndedAsync(await member.StartAsync(id));

        var output = ended.GetProperty("final_output");
        Assert.Equal(
            ("Names of places", "hello", "hello", "hello"),
            (Text(output, "name"), Text(output, "step"), Text(output, "same"), Text(output, "input"))
        );
        Assert.Equal("""{"body":"hello"}""", output.GetProperty("whole").GetRawText());
        Assert.Equal(await host.ScalarAsync<string>("select slug from accounts.tenants where tenant_id = $1", member.Tenant), Text(output, "slug"));
        Assert.Equal(ended.GetProperty("start_time").GetDateTimeOffset(), output.GetProperty("at").GetDateTimeOffset());

        var tested = await member.PostAsync($"/api/v1/workflows/{id}/test");
        Assert.Equal("Names of places", Text(tested.Data.GetProperty("final_output"), "name"));
    }

    [Fact]
    public async Task A_dry_run_goes_on_with_what_was_really_brought_and_says_so()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        await member.PostAsync(
            "/api/v1/registry/register",
            new
            {
                service_name = "s",
                service_url = receiver.Url,
                metadata = new { version = "1.0.0" },
            }
        );
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["call"] = Graphs.Node(
                "action_module",
                new
                {
                    module_name = "s",
                    output_mapping = new { fine = "ok" },
                    output_schema = new { properties = new { ok = new { example = "maybe" } } },
                }
            ),
            ["end"] = Graphs.Node("flow_end", new { output_data = "{{ fine }} {{ input.body.ok }}" }),
        };
        var id = await member.PublishAsync(nodes, new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "success") });

        async Task<(string?, string?, string?)> TestAsync(object? body = null)
        {
            var tested = await member.PostAsync($"/api/v1/workflows/{id}/test", body);
            Assert.True(tested.Status == 200, tested.Text);
            var entry = tested.Data.GetProperty("trace")[1];
            return (Text(entry, "output_from"), Text(entry, "output_execution_id"), tested.Data.GetProperty("final_output").GetString());
        }

        Assert.Equal(("example", null, "maybe maybe"), await TestAsync());

        var execution = await member.StartAsync(id);
        Assert.Equal("true true", (await member.EndedAsync(execution)).GetProperty("final_output").GetString());
        Assert.Equal(("last_execution", execution.ToString(), "true true"), await TestAsync());
        Assert.Equal(
            ("pin", null, "pinned pinned"),
            await TestAsync(new { pinned_outputs = new { call = new { output = new { body = new { ok = "pinned" } } } } })
        );
        Assert.Single(receiver.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task The_text_of_a_message_has_one_name_and_its_author_no_mail_address()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_command", new { command_pattern = "!hi" }),
            ["say"] = Graphs.Node("action_chat_message", new { text = "Hello, {{ username }}: {{ message }}" }),
            ["end"] = Graphs.Node("flow_end"),
        };
        await member.PublishAsync(nodes, new[] { Graphs.Line("start", "say"), Graphs.Line("say", "end", "success") });

        var posted = await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { text = "!hi there" });
        var ended = await member.EndedAsync(posted.Data.GetProperty("executions")[0].GetGuid());

        var name = member.Email.Split('@')[0];
        Assert.Equal($"Hello, {name}: !hi there", Text(ended.GetProperty("final_output"), "message"));
        var messages = (await member.GetAsync($"/api/v1/chat/{member.Entity}/messages")).Data;
        Assert.Equal(
            ("!hi there", "!hi there", name),
            (Text(messages[0], "message"), Text(messages[0], "text"), Text(messages[0].GetProperty("author"), "name"))
        );
        Assert.Equal(400, (await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message = "one", text = "other" })).Status);
    }

    private static string? Text(JsonElement value, string name) =>
        value.GetProperty(name) is { ValueKind: not JsonValueKind.Null } field ? field.ToString() : null;
}
