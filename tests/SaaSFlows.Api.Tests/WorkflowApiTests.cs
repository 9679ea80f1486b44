using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>The workflow API as it is documented: statuses, messages, and each field under its name.</summary>
public sealed class WorkflowApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly string[] Pagination = ["page", "per_page", "total", "total_pages", "has_next", "has_prev"];

    [Fact]
    public async Task Workflows_answer_as_documented()
    {
        var member = await host.RegisterAsync();
        var created = await member.PostRawAsync(
            "/api/v1/workflows",
            $$$$"""
            {
              "name": "My Workflow", "description": "Workflow description", "entity_id": {{{{member.Entity}}}},
              "community_id": {{{{member.Community}}}}, "license_key": "optional-license-key",
              "nodes": {
                "node1": { "node_type": "trigger_manual", "label": "Start", "position": {"x": 100, "y": 100}, "config": {} },
                "node5": { "node_type": "data_variable_set", "label": "Set", "position": {"x": 300, "y": 100}, "config": {"variables": {"a": 1}} }
              },
              "connections": [ { "connection_id": "conn1", "from_node_id": "node1", "from_port_name": "output", "to_node_id": "node5",
              "to_port_name": "input" } ],
              "global_variables": { "greeting": "Hello" }
            }
            """
        );
        Says(created, 201, "Workflow created successfully", "workflow_id", "name", "status", "created_at");
        Assert.Equal("draft", created.Data.GetProperty("status").GetString());
        var path = $"/api/v1/workflows/{created.Data.GetProperty("workflow_id").GetGuid()}";

        var list = await member.GetAsync(
            $"/api/v1/workflows?entity_id={member.Entity}&community_id={member.Community}&status=draft&search=workflow&page=1&per_page=20"
        );
        Has(list.Data[0], "workflow_id", "name", "description", "status", "created_at", "updated_at");
        Assert.Equal(Pagination, list.Json.GetProperty("meta").GetProperty("pagination").EnumerateObject().Select(field => field.Name));

        var shown = await member.GetAsync($"{path}?community_id={member.Community}");
        Says(
            shown,
            200,
            null,
            "workflow_id",
            "name",
            "description",
            "status",
            "nodes",
            "connections",
            "global_variables",
            "created_at",
            "updated_at"
        );
        Assert.Equal("conn1", shown.Data.GetProperty("connections")[0].GetProperty("connection_id").GetString());
        Says(
            await member.PutAsync(
                path,
                new
                {
                    name = "Updated Workflow Name",
                    description = "Updated description",
                    community_id = member.Community,
                }
            ),
            200,
            "Workflow updated successfully",
            "workflow_id",
            "updated_at"
        );

        var validated = await member.PostAsync($"{path}/validate");
        Says(validated, 200, "Validation completed", "is_valid", "errors", "warnings", "node_validation_errors", "error_count", "warning_count");
        Assert.Equal(
            (true, "Node 'node5' has no outgoing connections", 1),
            (
                validated.Data.GetProperty("is_valid").GetBoolean(),
                validated.Data.GetProperty("warnings")[0].GetString(),
                validated.Data.GetProperty("warning_count").GetInt32()
            )
        );

        var published = await member.PostAsync($"{path}/publish", new { community_id = member.Community });
        Says(published, 200, "Workflow published successfully", "workflow_id", "status", "published_at");
        Assert.Equal("active", published.Data.GetProperty("status").GetString());
        var archived = await member.DeleteAsync(path);
        Says(archived, 200, "Workflow archived successfully", "workflow_id", "status");
        Assert.Equal("archived", archived.Data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Executions_answer_as_documented()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var started = await member.PostAsync(
            $"/api/v1/workflows/{id}/execute",
            new
            {
                community_id = member.Community,
                variables = new { param1 = "value1" },
                metadata = new { trigger_source = "api" },
            }
        );
        Says(started, 202, "Workflow execution started", "execution_id", "workflow_id", "status", "start_time", "execution_path");
        var execution = started.Data.GetProperty("execution_id").GetGuid();
        await member.EndedAsync(execution);

        var shown = await member.GetAsync($"/api/v1/workflows/executions/{execution}");
        Says(
            shown,
            200,
            null,
            "execution_id",
            "workflow_id",
            "status",
            "start_time",
            "end_time",
            "execution_time_seconds",
            "execution_path",
            "node_states",
            "final_variables",
            "final_output",
            "error_message",
            "error_node_id"
        );
        Has(
            shown.Data.GetProperty("node_states").GetProperty("end"),
            "node_id",
            "status",
            "started_at",
            "completed_at",
            "input_data",
            "output_data",
            "logs",
            "error"
        );
        Assert.Equal(JsonValueKind.Array, Logs(shown).ValueKind);
        Assert.False(shown.Data.TryGetProperty("metrics", out _));
        var measured = await member.GetAsync($"/api/v1/workflows/executions/{execution}?include_logs=false&include_metrics=true");
        Assert.Equal(JsonValueKind.Null, Logs(measured).ValueKind);
        Assert.Equal(2, measured.Data.GetProperty("metrics").GetProperty("nodes_executed").GetInt32());
        Assert.Equal(
            ["include_logs", "include_metrics"],
            Wrong(await member.GetAsync($"/api/v1/workflows/executions/{execution}?include_logs=perhaps&include_metrics=2"))
        );

        var list = await member.GetAsync($"/api/v1/workflows/{id}/executions?community_id={member.Community}&status=completed&page=1&per_page=20");
        Has(
            list.Data[0],
            "execution_id",
            "workflow_id",
            "status",
            "start_time",
            "end_time",
            "execution_time_seconds",
            "nodes_executed",
            "success",
            "error"
        );
        Assert.Equal(Pagination, list.Json.GetProperty("meta").GetProperty("pagination").EnumerateObject().Select(field => field.Name));
    }

    [Theory]
    [InlineData("start_time")]
    [InlineData("status")]
    [InlineData("execution_time")]
    public async Task Executions_are_sorted_by_each_documented_field_both_ways(string field)
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                wait = Graphs.Node("action_delay", new { delay_ms = "{{input.ms}}" }),
                end = Graphs.Node("flow_end", new { output_data = "{{input.there}}" }),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("wait", "end") }
        );
        await member.EndedAsync(await member.StartAsync(id, new { ms = 300, there = 1 }));
        await member.EndedAsync(await member.StartAsync(id, new { ms = 1 }));
        await member.EndedAsync(await member.StartAsync(id, new { ms = 100, there = 1 }));

        var ascending = await IdsAsync("asc");
        Assert.Equal(3, ascending.Count);
        Assert.Equal(ascending.AsEnumerable().Reverse(), await IdsAsync("desc"));
        Assert.Equal(
            await IdsAsync("desc"),
            (await member.GetAsync($"/api/v1/workflows/{id}/executions?sort_by={field}")).Data.EnumerateArray().Select(Key)
        );

        async Task<List<string>> IdsAsync(string order) =>
            [.. (await member.GetAsync($"/api/v1/workflows/{id}/executions?sort_by={field}&sort_order={order}")).Data.EnumerateArray().Select(Key)];

        // Ties stand in any order, so what is compared is what it is sorted by.
        string Key(JsonElement execution) =>
            field switch
            {
                "status" => execution.GetProperty("status").GetString()!,
                "start_time" => execution.GetProperty("start_time").GetString()!,
                _ => $"{execution.GetProperty("execution_time_seconds").GetDouble():00000.000000}",
            };
    }

    [Theory]
    [InlineData("status=paused", "status")]
    [InlineData("sort_by=name", "sort_by")]
    [InlineData("sort_order=up", "sort_order")]
    [InlineData("page=0", "page")]
    [InlineData("per_page=101", "per_page")]
    [InlineData("community_id=mine", "community_id")]
    public async Task Wrong_parameters_of_the_list_of_executions_are_named(string query, string field)
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        Assert.Equal([field], Wrong(await member.GetAsync($"/api/v1/workflows/{id}/executions?{query}")));
    }

    [Fact]
    public async Task Cancelling_answers_as_documented()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections));
        await member.ParkedAsync(execution);

        var cancelled = await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        Assert.True(cancelled.Status is 200 or 202, cancelled.Text);
        Has(cancelled.Data, "execution_id", "status", "cancelled_at");
    }

    [Fact]
    public async Task Webhooks_answer_as_documented()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var created = await member.PostAsync(
            $"/api/v1/workflows/{id}/webhooks",
            new
            {
                name = "My Webhook",
                description = "Webhook for external triggers",
                require_signature = true,
                ip_allowlist = new[] { "192.168.1.0/24", "10.0.0.1" },
                rate_limit_max = 60,
                rate_limit_window = 60,
                community_id = member.Community,
            }
        );
        Says(
            created,
            201,
            "Webhook created successfully",
            "webhook_id",
            "workflow_id",
            "token",
            "name",
            "url",
            "enabled",
            "require_signature",
            "created_at"
        );
        Assert.EndsWith(
            $"/api/v1/workflows/webhooks/{created.Data.GetProperty("token").GetString()}",
            created.Data.GetProperty("url").GetString(),
            StringComparison.Ordinal
        );

        var triggered = await member.PostRawAsync(
            await member.WebhookAsync(id),
            """{"event": "user_joined", "user_id": 123, "username": "testuser"}"""
        );
        Says(triggered, 200, "Workflow execution triggered", "execution_id", "webhook_id", "workflow_id", "status", "timestamp");
        Assert.Equal("queued", triggered.Data.GetProperty("status").GetString());

        var list = await member.GetAsync($"/api/v1/workflows/{id}/webhooks");
        Assert.Equal("Retrieved 2 webhooks", list.Json.GetProperty("message").GetString());
        Has(
            list.Data[1],
            "webhook_id",
            "workflow_id",
            "token",
            "name",
            "url",
            "enabled",
            "require_signature",
            "ip_allowlist",
            "rate_limit_max",
            "rate_limit_window",
            "created_at",
            "last_triggered_at",
            "trigger_count"
        );
        Assert.Equal((1, 0), (list.Data[0].GetProperty("trigger_count").GetInt32(), list.Data[1].GetProperty("trigger_count").GetInt32()));
        var second = await member.GetAsync($"/api/v1/workflows/{id}/webhooks?page=2&per_page=1");
        Assert.Equal(
            ("My Webhook", "Retrieved 1 webhooks", """{"page":2,"per_page":1,"total":2,"total_pages":2,"has_next":false,"has_prev":true}"""),
            (
                second.Data[0].GetProperty("name").GetString(),
                second.Json.GetProperty("message").GetString(),
                second.Json.GetProperty("meta").GetProperty("pagination").GetRawText()
            )
        );

        var path = $"/api/v1/workflows/{id}/webhooks/{created.Data.GetProperty("webhook_id").GetGuid()}";
        Says(await member.DeleteAsync(path), 200, "Webhook deleted successfully", "webhook_id");
        Assert.Equal((404, "WEBHOOK_NOT_FOUND"), await member.DeleteAsync(path) is var gone ? (gone.Status, gone.Code) : default);
    }

    [Fact]
    public async Task An_archived_workflow_is_closed_and_keeps_its_executions_and_its_name_is_free()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections, "Once");
        var hook = await member.WebhookAsync(id);
        var execution = (await member.PostRawAsync(hook, "{}")).Data.GetProperty("execution_id").GetGuid();
        await member.EndedAsync(execution);
        await member.DeleteAsync($"/api/v1/workflows/{id}");

        Assert.Equal((404, "WEBHOOK_NOT_FOUND"), await member.PostRawAsync(hook, "{}") is var gone ? (gone.Status, gone.Code) : default);
        Assert.Equal(1, (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data.GetArrayLength());
        Assert.Equal(409, (await member.PostAsync($"/api/v1/workflows/{id}/execute", new { })).Status);
        Assert.Equal("archived", (await member.GetAsync($"/api/v1/workflows/{id}")).Data.GetProperty("status").GetString());
        Assert.Equal(0, (await member.GetAsync("/api/v1/workflows")).Data.GetArrayLength());
        Assert.Equal(1, (await member.GetAsync("/api/v1/workflows?status=archived")).Data.GetArrayLength());
        Assert.Equal(execution, (await member.GetAsync($"/api/v1/workflows/{id}/executions")).Data[0].GetProperty("execution_id").GetGuid());
        Assert.Equal("Once", (await member.PostAsync("/api/v1/workflows", new { name = "Once" })).Data.GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_status_of_the_module_answers_as_documented()
    {
        var status = (await (await host.RegisterAsync()).GetAsync("/api/v1/status")).Data;

        Assert.Equal(["status", "module", "version", "features"], status.EnumerateObject().Select(field => field.Name));
        Assert.Equal("""{"workflows_enabled":true,"release_mode":false}""", status.GetProperty("features").GetRawText());
    }

    [Fact]
    public async Task Who_waits_for_the_end_gets_it()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        var ended = await member.PostAsync($"/api/v1/workflows/{id}/execute?wait_seconds=20", new { variables = new { a = 1 } });
        Says(
            ended,
            200,
            "Workflow execution completed",
            "execution_id",
            "workflow_id",
            "status",
            "start_time",
            "end_time",
            "execution_time_seconds",
            "execution_path",
            "final_output"
        );
        Assert.Equal(
            ("completed", """{"a":1}"""),
            (ended.Data.GetProperty("status").GetString(), ended.Data.GetProperty("final_output").GetRawText())
        );
        Assert.Equal(["wait_seconds"], Wrong(await member.PostAsync($"/api/v1/workflows/{id}/execute?wait_seconds=61", new { })));
    }

    private static void Says(Answer answer, int status, string? message, params string[] fields)
    {
        Assert.True(answer.Status == status, answer.Text);
        Assert.True(answer.Json.GetProperty("success").GetBoolean());
        Assert.Equal(message, answer.Json.TryGetProperty("message", out var said) ? said.GetString() : null);
        Has(answer.Data, fields);
    }

    private static void Has(JsonElement body, params string[] fields) =>
        Assert.Empty(fields.Except(body.EnumerateObject().Select(field => field.Name)));

    private static JsonElement Logs(Answer answer) => answer.Data.GetProperty("node_states").GetProperty("end").GetProperty("logs");

    private static IEnumerable<string> Wrong(Answer answer)
    {
        Assert.Equal((400, "BAD_REQUEST"), (answer.Status, answer.Code));
        return answer.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name);
    }
}
