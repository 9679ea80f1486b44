using System.Text.Json;
using Npgsql;

namespace SaaSFlows.Api.Tests;

public sealed class DryRunTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_dry_run_answers_as_it_shows()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var tested = await member.PostRawAsync(
            $"/api/v1/workflows/{id}/test",
            $$$"""
            {"community_id": {{{member.Community}}}, "variables": {"param1": "test_value"}, "metadata": {"session_id": "test_sess_123"}}
            """
        );

        Assert.True(tested.Status == 200, tested.Text);
        Assert.Equal("Workflow test completed", tested.Json.GetProperty("message").GetString());
        Assert.Equal(
            (true, "completed", id),
            (
                tested.Data.GetProperty("test_mode").GetBoolean(),
                tested.Data.GetProperty("status").GetString(),
                tested.Data.GetProperty("workflow_id").GetGuid()
            )
        );
        Assert.Equal(["start", "end"], Path(tested));
        Assert.Equal("""{"param1":"test_value"}""", tested.Data.GetProperty("trace")[1].GetProperty("output").GetRawText());
        Assert.Equal("test_value", tested.Data.GetProperty("final_variables").GetProperty("param1").GetString());
        var summary = tested.Data.GetProperty("summary");
        Assert.Equal(
            (2, 0, true),
            (
                summary.GetProperty("nodes_executed").GetInt32(),
                summary.GetProperty("nodes_failed").GetInt32(),
                summary.GetProperty("passed").GetBoolean()
            )
        );
    }

    [Fact]
    public async Task What_waits_for_people_events_and_workflows_passes_and_asks_nobody()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                approve = Graphs.Node("action_approval", new { message = "Refund {{variables.amount}}?" }),
                ask = Graphs.Node(
                    "action_chat_ask",
                    new
                    {
                        message_template = "Which?",
                        from = "anyone",
                        choices = new[] { "Small", "Large" },
                    }
                ),
                wait = Graphs.Node("action_wait_event", new { event_type = "order.paid", filters = new { id = "{{variables.amount}}" } }),
                share = Graphs.Node("data_variable_set", new { scope = "global", variables = new { last = "{{input.data.id}}" } }),
                read = Graphs.Node(
                    "data_variable_get",
                    new
                    {
                        scope = "global",
                        variable_name = "last",
                        default_value = "none",
                    }
                ),
                call = Graphs.Node("action_workflow", new { workflow = "elsewhere", input = new { a = 1 } }),
                end = Graphs.Node("flow_end"),
            },
            new[]
            {
                Graphs.Line("start", "approve"),
                Graphs.Line("approve", "ask", "approved"),
                Graphs.Line("ask", "wait", "answered"),
                Graphs.Line("wait", "share", "received"),
                Graphs.Line("share", "read"),
                Graphs.Line("read", "call"),
                Graphs.Line("call", "end", "success"),
            }
        );
        var before = await SnapshotAsync();

        var tested = await member.PostAsync($"/api/v1/workflows/{id}/test", new { variables = new { amount = 7 } });

        Assert.True(tested.Status == 200, tested.Text);
        Assert.Equal(["start", "approve", "ask", "wait", "share", "read", "call", "end"], Path(tested));
        var trace = tested.Data.GetProperty("trace");
        Assert.Equal("Refund 7?", trace[1].GetProperty("would").GetProperty("message").GetString());
        Assert.Equal("Small", trace[2].GetProperty("output").GetProperty("choice").GetString());
        Assert.Equal(7, trace[3].GetProperty("output").GetProperty("data").GetProperty("id").GetInt32());
        Assert.Equal("none", trace[5].GetProperty("output").GetString());
        Assert.Equal(before, await SnapshotAsync());
    }

    [Fact]
    public async Task A_dry_run_changes_no_row_and_reaches_nobody()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["call"] = Graphs.Node(
                "action_http",
                new
                {
                    url = receiver.Url + "orders?id={{id}}&api_key=s3cret",
                    method = "POST",
                    headers = new Dictionary<string, string> { ["Authorization"] = "Bearer s3cret", ["X-Trace"] = "7" },
                    body = new { id = "{{id}}" },
                    output_variable = "answer",
                }
            ),
            ["say"] = Graphs.Node("action_chat_message", new { message_template = "Order {{id}} is on its way." }),
            ["wait"] = Graphs.Node("action_delay", new { delay_seconds = 3600 }),
            ["end"] = Graphs.Node("flow_end", new { output_data = "{{answer}}" }),
        };
        var connections = new[]
        {
            Graphs.Line("start", "call"),
            Graphs.Line("call", "say", "success"),
            Graphs.Line("say", "wait", "success"),
            Graphs.Line("wait", "end"),
        };
        var id = await member.PublishAsync(nodes, connections);
        var before = await SnapshotAsync();

        var tested = await member.PostAsync($"/api/v1/workflows/{id}/test", new { variables = new { id = 7 } });

        Assert.True(tested.Status == 200, tested.Text);
        Assert.Equal(["start", "call", "say", "wait", "end"], Path(tested));
        Assert.Equal(before, await SnapshotAsync());
        Assert.Empty(receiver.Calls);
        var would = Would(tested, "call");
        Assert.Equal($"POST {receiver.Url}orders?id=7&api_key=***", would.GetProperty("request").GetString());
        Assert.Equal(
            ("***", "7", """{"id":7}"""),
            (
                would.GetProperty("headers").GetProperty("Authorization").GetString(),
                would.GetProperty("headers").GetProperty("X-Trace").GetString(),
                would.GetProperty("body").GetRawText()
            )
        );
        Assert.Equal(
            ("Order 7 is on its way.", member.Entity),
            (Would(tested, "say").GetProperty("message").GetString(), Would(tested, "say").GetProperty("channel_id").GetInt64())
        );
        var waited = Entry(tested, "wait");
        Assert.Equal(
            waited.GetProperty("started_at").GetDateTimeOffset().AddHours(1),
            Would(tested, "wait").GetProperty("until").GetDateTimeOffset(),
            TimeSpan.FromSeconds(10)
        );
        Assert.True(waited.GetProperty("duration_seconds").GetDouble() is >= 3600 and < 3610);

        // The same for real, so that the comparison above is known to see.
        var execution = await member.StartAsync(id, new { id = 7 });
        Assert.NotEqual(before, await SnapshotAsync());

        // Until it changes no row any more: other tests compare them, too.
        await member.ParkedAsync(execution);
        Assert.False(receiver.Calls.IsEmpty);
    }

    [Fact]
    public async Task What_only_others_can_end_is_passed_by_the_main_port_and_opens_nothing()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["approve"] = Graphs.Node("action_approval", new { message = "May {{name}} go?" }),
            ["event"] = Graphs.Node("action_wait_event", new { event_type = "order.paid" }),
            ["ask"] = Graphs.Node("action_chat_ask", new { message_template = "Sure, {{name}}?", from = "anyone" }),
            ["end"] = Graphs.Node("flow_end"),
        };
        var lines = new[]
        {
            Graphs.Line("start", "approve"),
            Graphs.Line("approve", "event", "approved"),
            Graphs.Line("event", "ask", "received"),
            Graphs.Line("ask", "end", "answered"),
        };
        var id = await member.CreateAsync(nodes, lines);
        var before = await SnapshotAsync();

        var tested = await member.PostAsync($"/api/v1/workflows/{id}/test", new { variables = new { name = "Ada" } });

        Assert.True(tested.Status == 200, tested.Text);
        Assert.Equal(["start", "approve", "event", "ask", "end"], Path(tested));
        Assert.Equal("May Ada go?", Would(tested, "approve").GetProperty("message").GetString());
        Assert.Equal("order.paid", Would(tested, "event").GetProperty("key").GetString());
        Assert.Equal(before, await SnapshotAsync());
    }

    [Fact]
    public async Task A_pinned_node_is_not_run_and_leaves_by_the_port_of_its_pin()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["call"] = Graphs.Node("action_http", new { url = "{{no_such_name}}", output_variable = "answer" }),
            ["good"] = Graphs.Node("flow_end", new { output_data = "{{answer.city}}" }),
            ["bad"] = Graphs.Node("flow_end", new { output_data = "{{input.code}}" }),
        };
        var id = await member.CreateAsync(
            nodes,
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "good", "success"), Graphs.Line("call", "bad", "error") }
        );
        var path = $"/api/v1/workflows/{id}/test";

        var good = await member.PostAsync(
            path,
            new { pinned_outputs = new { call = new { output = new { status = 200, body = new { city = "Bern" } } } } }
        );
        var bad = await member.PostAsync(
            path,
            new { pinned_outputs = new { call = new { port = "error", output = new { code = "http.status", message = "Gone." } } } }
        );
        var wrong = await member.PostAsync(path, new { pinned_outputs = new { call = new { port = "succes" }, cal = new { } } });

        Assert.Equal(("Bern", true), (good.Data.GetProperty("final_output").GetString(), Entry(good, "call").GetProperty("pinned").GetBoolean()));
        Assert.Equal(["start", "call", "bad"], Path(bad));
        Assert.Equal(
            ("http.status", "failed", 1, true),
            (
                bad.Data.GetProperty("final_output").GetString(),
                Entry(bad, "call").GetProperty("status").GetString(),
                bad.Data.GetProperty("summary").GetProperty("nodes_failed").GetInt32(),
                bad.Data.GetProperty("summary").GetProperty("passed").GetBoolean()
            )
        );
        Assert.Equal((400, "BAD_REQUEST"), (wrong.Status, wrong.Code));
        Assert.Equal(
            ["pinned_outputs.cal", "pinned_outputs.call.port"],
            wrong.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order()
        );
    }

    [Fact]
    public async Task An_input_arrives_at_the_trigger_that_is_named()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["hook"] = Graphs.Node("trigger_webhook"),
            ["end"] = Graphs.Node("flow_end", new { output_data = "{{input.payload.name}}" }),
        };
        var id = await member.CreateAsync(nodes, new[] { Graphs.Line("start", "end"), Graphs.Line("hook", "end") });

        var tested = await member.PostAsync(
            $"/api/v1/workflows/{id}/test",
            new
            {
                trigger_node = "hook",
                input = new
                {
                    payload = new { name = "Ada" },
                    headers = new { },
                    query = new { },
                },
            }
        );
        var unknown = await member.PostAsync($"/api/v1/workflows/{id}/test", new { trigger_node = "end" });

        Assert.Equal("Ada", tested.Data.GetProperty("final_output").GetString());
        Assert.Equal((400, true), (unknown.Status, unknown.Details.GetProperty("errors").TryGetProperty("trigger_node", out _)));
    }

    [Fact]
    public async Task An_invalid_draft_is_refused_with_its_report_and_another_tenants_is_not_there()
    {
        var member = await host.RegisterAsync();
        var stranger = await host.RegisterAsync("Other");
        var id = await member.CreateAsync(
            new Dictionary<string, object> { ["start"] = Graphs.Node("trigger_manual"), ["odd"] = Graphs.Node("no_such_type") },
            Array.Empty<object>()
        );

        var refused = await member.PostAsync($"/api/v1/workflows/{id}/test", new { });
        var foreign = await stranger.PostAsync($"/api/v1/workflows/{id}/test", new { });

        Assert.Equal((400, "workflow.invalid"), (refused.Status, refused.Reason));
        Assert.True(refused.Details.GetProperty("node_validation_errors").TryGetProperty("odd", out _));
        Assert.Equal((404, "WORKFLOW_NOT_FOUND"), (foreign.Status, foreign.Code));
    }

    [Theory]
    [InlineData("""{"variables": [1]}""", "variables")]
    [InlineData("""{"metadata": 1}""", "metadata")]
    [InlineData("""{"pinned_outputs": {"start": null}}""", "pinned_outputs.start")]
    [InlineData("""{"pinned_outputs": {"start": 1}}""", "pinned_outputs.start")]
    [InlineData("""{"pinned_outputs": {"start": {"port": 1}}}""", "pinned_outputs.start.port")]
    public async Task A_wrong_shape_is_refused_with_its_place(string body, string field)
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var refused = await member.PostRawAsync($"/api/v1/workflows/{id}/test", body);

        Assert.Equal((400, "input.wrong_type"), (refused.Status, refused.Reason));
        Assert.Equal(field, refused.Details.GetProperty("errors").EnumerateObject().Single().Name);
    }

    [Theory]
    [InlineData("""{"variables": {"\ud800": 1}}""")]
    [InlineData("""{"variables": {"a": "\ud800"}}""")]
    [InlineData("""{"input": "\ud800"}""")]
    [InlineData("""{"input": null, "metadata": {"\ud800": "\ud800"}}""")]
    [InlineData("""{"pinned_outputs": {"start": {"output": {"\ud800": "\ud800"}}}}""")]
    [InlineData("""{"pinned_outputs": {"\ud800": {"output": 1}}}""")]
    [InlineData("""{"trigger_node": "\ud800"}""")]
    public async Task Half_a_character_is_refused(string body)
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var tested = await member.PostRawAsync($"/api/v1/workflows/{id}/test", body);

        Assert.Equal((400, "input.not_unicode"), (tested.Status, tested.Reason));
    }

    [Fact]
    public async Task One_tenant_cannot_take_all_of_the_process()
    {
        var (member, other) = (await host.RegisterAsync(), await host.RegisterAsync("Other"));
        var nodes = new Dictionary<string, object> { ["start"] = Graphs.Node("trigger_manual") };
        var lines = new List<object>();
        for (var i = 1; i <= 100; i++)
        {
            nodes[$"n{i}"] = Graphs.Node("data_variable_set", new { variables = new { x = "{{ 'x'.repeat(1000000).toUpperCase().length }}" } });
            lines.Add(Graphs.Line(i == 1 ? "start" : $"n{i - 1}", $"n{i}"));
        }

        var heavy = await member.CreateAsync(nodes, lines);
        var light = await other.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var crowd = Enumerable.Range(0, 30).Select(_ => member.PostAsync($"/api/v1/workflows/{heavy}/test", new { })).ToList();
        var unharmed = await other.PostAsync($"/api/v1/workflows/{light}/test", new { });
        var answers = await Task.WhenAll(crowd);

        Assert.Equal(200, unharmed.Status);
        Assert.All(answers, answer => Assert.True(answer.Status == 200 || (answer.Status, answer.Reason) == (503, "dry_run.busy"), answer.Text));
        Assert.Contains(answers, answer => answer.Status == 503);
        Assert.Contains(answers, answer => answer.Status == 200);
    }

    private static IEnumerable<string> Path(Answer tested) =>
        tested.Data.GetProperty("trace").EnumerateArray().Select(entry => entry.GetProperty("node_id").GetString()!);

    private static JsonElement Entry(Answer tested, string node) =>
        tested.Data.GetProperty("trace").EnumerateArray().Single(entry => entry.GetProperty("node_id").GetString() == node);

    private static JsonElement Would(Answer tested, string node) => Entry(tested, node).GetProperty("would");

    // Every row of every table, with the transaction that wrote it.
    private async Task<string> SnapshotAsync()
    {
        await using var connection = new NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            """
            select string_agg(table_name, E'\n' order by table_name) from (
              select c.oid::regclass::text || ' ' || (xpath('//r/text()', query_to_xml(format(
                'select count(*) || '' '' || coalesce(md5(string_agg(t.xmin::text || t.ctid::text || t.xmax::text, '','' order by t.tableoid,
                t.ctid)), '''') as r from %s t', c.oid::regclass),
                false, true, '')))[1]::text as table_name
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
              and c.relname not in ('audit_entries', 'audit_heads')
              -- Entries are chained a moment after they were written: that is no new one.
              union all select 'accounts.audit_entries ' || count(*) || coalesce(md5(string_agg(id::text, ',' order by id)), '')
              from accounts.audit_entries) tables
            """,
            connection
        );
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
