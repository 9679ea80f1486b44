using System.Text.Json;
using System.Text.Json.Nodes;

namespace SaaSFlows.Api.Tests;

/// <summary>The steps form of a definition: docs/steps-form.md.</summary>
public sealed class StepsFormTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string DocumentedExample = """
        {
          "version": "1.0",
          "steps": [
            {
              "id": "step1",
              "name": "HTTP Request",
              "type": "http",
              "config": {
                "url": "https://api.example.com/data",
                "method": "GET"
              },
              "depends_on": []
            },
            {
              "id": "step2",
              "name": "Process Data",
              "type": "script",
              "config": {
                "language": "python",
                "code": "# Process data from step1\nresult = input['step1']['body']\noutput = {'processed': result}\n"
              },
              "depends_on": ["step1"]
            }
          ],
          "connections": [
            {
              "from": "step1",
              "to": "step2"
            }
          ],
          "variables": {
            "api_key": "{{ env.API_KEY }}"
          }
        }
        """;

    public static TheoryData<string, string> Shapes { get; } =
        new()
        {
            { "the documented one", DocumentedExample },
            { "nothing", """{"steps": []}""" },
            {
                "several roots and ends",
                """
                    {"version": "1.0", "steps": [{"id": "a", "type": "action_delay"}, {"id": "b", "type": "action_delay"}, {"id": "c",
                    "type": "flow_end", "depends_on": ["b"]}]}
                    """
            },
            {
                "a diamond",
                """
                    {"steps": [{"id": "top", "type": "http"}, {"id": "left", "type": "http", "depends_on": ["top"]}, {"id": "right", "type": "http",
                    "depends_on": ["top"]},
                    {"id": "bottom", "type": "flow_end", "depends_on": ["right", "left"]}]}
                    """
            },
            {
                "joins behind joins, said in both ways",
                """
                    {"steps": [{"id": "a", "type": "http"}, {"id": "b", "type": "http"}, {"id": "c", "type": "http", "depends_on": ["a", "b"]},
                    {"id": "d", "type": "http", "depends_on": ["c"]}],
                    "connections": [{"from": "c", "to": "d"}, {"from": "a", "to": "d"}, {"from": "b", "to": "d"}, {"from": "b", "to": "c"}]}
                    """
            },
            {
                "later steps first",
                """
                    {"steps": [{"id": "end", "type": "flow_end", "depends_on": ["b", "a"]}, {"id": "a", "type": "http", "depends_on": ["b"]},
                    {"id": "b", "type": "http"}]}
                    """
            },
            {
                "names that are taken",
                """
                    {"steps": [{"id": "start", "type": "http"}, {"id": "x_join", "type": "http"}, {"id": "x", "type": "http", "depends_on": ["start",
                    "x_join"]}]}
                    """
            },
            {
                "a trigger and a merge of its own",
                """
                    {"steps": [{"id": "hook", "type": "trigger_webhook", "config": {"response_mode": "result"}}, {"id": "a", "type": "http",
                    "depends_on": ["hook"]}, {"id": "b", "type": "http", "depends_on": ["hook"]},
                    {"id": "both", "type": "flow_merge", "config": {"merge_strategy": "combine"}, "depends_on": ["a", "b"]}, {"id": "alone",
                    "type": "http"}]}
                    """
            },
            {
                "all that a step can say",
                """
                    {"steps": [{"id": "a.b-c", "name": "Call", "type": "action_http", "config": {"url": "https://example.com",
                    "headers": {"Authorization": "Bearer {{ api_key }}"}}, "description": "Calls.",
                    "enabled": false, "retry": {"max_attempts": 3, "backoff": "fixed", "initial_seconds": 1.5}, "timeout_seconds": 7,
                    "on_error": "continue"}],
                    "variables": {"api_key": "{{ env.API_KEY }}", "list": [1, {"x": null}]}, "settings": {"concurrency": {"limit": 2,
                    "policy": "skip"}}}
                    """
            },
        };

    [Fact]
    public async Task The_documented_example_is_created_imported_shown_and_exported_unchanged()
    {
        var member = await host.RegisterAsync();
        var created = await member.PostRawAsync("/api/v1/workflows", $$"""{"name": "From steps", "definition": {{DocumentedExample}}}""");
        var beside = await member.PostRawAsync("/api/v1/workflows", $$"""{"name": "Beside", {{DocumentedExample.Trim()[1..]}}""");
        var imported = await member.PostRawAsync("/api/v1/workflows/import", DocumentedExample);

        Assert.Equal((201, 201, 201), (created.Status, beside.Status, imported.Status));
        Assert.Equal("Imported workflow", imported.Data.GetProperty("name").GetString());
        foreach (var id in new[] { created, beside, imported }.Select(answer => answer.Data.GetProperty("workflow_id").GetGuid()))
        {
            var workflow = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;
            Assert.Equal(["start", "step1", "step2"], workflow.GetProperty("nodes").EnumerateObject().Select(node => node.Name));
            Assert.Equal(
                [("action_http", "HTTP Request", 250), ("script", "Process Data", 500)],
                workflow
                    .GetProperty("nodes")
                    .EnumerateObject()
                    .Skip(1)
                    .Select(node =>
                        (
                            node.Value.GetProperty("node_type").GetString()!,
                            node.Value.GetProperty("label").GetString()!,
                            node.Value.GetProperty("position").GetProperty("x").GetInt32()
                        )
                    )
            );
            Assert.Equal("{{ env.API_KEY }}", workflow.GetProperty("global_variables").GetProperty("api_key").GetString());
            var exported = (await member.GetAsync($"/api/v1/workflows/{id}/export?format=steps")).Data;
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(DocumentedExample), JsonNode.Parse(exported.GetProperty("definition").GetRawText())),
                exported.GetRawText()
            );
        }
    }

    [Fact]
    public async Task A_script_step_is_kept_and_named_by_validate_and_publish()
    {
        var member = await host.RegisterAsync();
        var id = await ImportAsync(member, DocumentedExample);

        var validation = (await member.PostAsync($"/api/v1/workflows/{id}/validate")).Data;
        Assert.Contains("script", validation.GetProperty("node_validation_errors").GetProperty("step2")[0].GetString(), StringComparison.Ordinal);
        var published = await member.PostAsync($"/api/v1/workflows/{id}/publish");
        Assert.Equal((400, "workflow.invalid"), (published.Status, published.Reason));
        Assert.Contains("step2", published.Text, StringComparison.Ordinal);
        Assert.Equal(
            (409, "workflow.not_published"),
            await member.PostAsync($"/api/v1/workflows/{id}/execute", new { }) is { } answer ? (answer.Status, answer.Reason) : default
        );
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_definition_comes_back_as_the_same_graph(string shape, string definition)
    {
        var (member, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var first = await ImportAsync(member, definition);

        var steps = await member.GetAsync($"/api/v1/workflows/{first}/export?format=steps");
        Assert.True(steps.Status == 200, $"{shape}: {steps.Text}");
        var graph = await member.GetAsync($"/api/v1/workflows/{first}/export");

        var before = await GraphAsync(member, first);
        Assert.Equal(before, await GraphAsync(other, await ImportAsync(other, steps.Data.GetRawText())));
        Assert.Equal(before, await GraphAsync(other, await ImportAsync(other, graph.Data.GetRawText())));
    }

    [Fact]
    public async Task Steps_run_in_their_order_and_a_join_waits_for_all()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        var share = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node("data_variable_set", new { scope = "global", variables = new Dictionary<string, string> { ["API_KEY"] = "k-7" } }),
            },
            new[] { Graphs.Line("start", "set") }
        );
        await member.EndedAsync(await member.StartAsync(share));
        var id = await ImportAsync(
            member,
            $$$"""
            {"version": "1.0", "steps": [
              {"id": "a", "type": "http", "config": {"url": "{{{receiver.Url}}}", "method": "POST", "body": "a {{ api_key }}"}},
              {"id": "b", "type": "http", "config": {"url": "{{{receiver.Url}}}", "method": "POST",
              "body": "b {{ env.API_KEY }} {{ env.MISSING ?? 'none' }}"}},
              {"id": "c", "type": "http", "config": {"url": "{{{receiver.Url}}}", "method": "POST",
              "body": "c {{ input.inputs.length }} {{ token }}"}, "depends_on": ["a", "b"]}],
             "variables": {"api_key": "{{ env.API_KEY }}", "token": "Bearer {{ env.API_KEY }}"}}
            """
        );
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);

        var ended = await member.EndedAsync(await member.StartAsync(id));

        Assert.Equal("completed", ended.GetProperty("status").GetString());
        var bodies = receiver.Calls.Select(call => call.Body).ToList();
        Assert.Equal(["a k-7", "b k-7 none"], bodies.Take(2).Order());
        Assert.Equal("c 2 Bearer k-7", bodies[2]);
        Assert.Equal(3, bodies.Count);
    }

    [Fact]
    public async Task The_environment_is_the_communitys_own_and_what_the_caller_gives_wins()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var share = await stranger.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node(
                    "data_variable_set",
                    new { scope = "global", variables = new Dictionary<string, string> { ["API_KEY"] = "theirs" } }
                ),
            },
            new[] { Graphs.Line("start", "set") }
        );
        await stranger.EndedAsync(await stranger.StartAsync(share));
        var id = await ImportAsync(
            member,
            """
            {"steps": [{"id": "end", "type": "flow_end", "config": {"output_data": ["{{ api_key }}", "{{ env['API_KEY'] }}"]}}],
            "variables": {"api_key": "{{ env.API_KEY }}"}}
            """
        );
        await member.PostAsync($"/api/v1/workflows/{id}/publish");

        Assert.Equal("[null,null]", (await member.EndedAsync(await member.StartAsync(id))).GetProperty("final_output").GetRawText());
        Assert.Equal(
            """["mine",null]""",
            (await member.EndedAsync(await member.StartAsync(id, new { api_key = "mine" }))).GetProperty("final_output").GetRawText()
        );
        var tried = await member.PostAsync($"/api/v1/workflows/{id}/test", new { });
        Assert.True(tried.Status == 200 && tried.Text.Contains("[null,null]", StringComparison.Ordinal), tried.Text);
    }

    [Theory]
    [InlineData("""{"steps": 7}""", "steps")]
    [InlineData("""{"steps": [7]}""", "steps[0]")]
    [InlineData("""{"version": "2.0", "steps": []}""", "version")]
    [InlineData("""{"steps": [], "variabels": {}}""", "variabels")]
    [InlineData("""{"steps": [], "variables": []}""", "variables")]
    [InlineData("""{"steps": [{"type": "http"}]}""", "steps[0].id")]
    [InlineData("""{"steps": [{"id": "a"}]}""", "steps[0].type")]
    [InlineData("""{"steps": [{"id": "a b", "type": "http"}]}""", "steps[0].id")]
    [InlineData("""{"steps": [{"id": "a", "type": "http"}, {"id": "a", "type": "http"}]}""", "steps[1].id")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "confg": {}}]}""", "steps[0].confg")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "config": []}]}""", "steps[0].config")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "retry": {"max_attempts": 0}}]}""", "steps[0].retry.max_attempts")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "depends_on": "b"}]}""", "steps[0].depends_on")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "depends_on": [7]}]}""", "steps[0].depends_on[0]")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "depends_on": ["b"]}]}""", "steps[0].depends_on[0]")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "depends_on": ["a"]}]}""", "steps[0].depends_on[0]")]
    [InlineData(
        """{"steps": [{"id": "a", "type": "http", "depends_on": ["b"]}, {"id": "b", "type": "http", "depends_on": ["a"]}]}""",
        "steps[0].depends_on[0]"
    )]
    [InlineData("""{"steps": [{"id": "a", "type": "http"}], "connections": [{"from": "a"}]}""", "connections[0].to")]
    [InlineData("""{"steps": [{"id": "a", "type": "http"}], "connections": [{"from": "a", "to": "z"}]}""", "connections[0].to")]
    [InlineData("""{"steps": [{"id": "a", "type": "http"}], "connections": [{"from": "a", "to": "a"}]}""", "connections[0]")]
    [InlineData("""{"steps": [{"id": "\ud800", "type": "http"}]}""", "definition.steps[0].id")]
    [InlineData("""{"steps": [{"id": "a", "type": "http", "config": {"x": "\ud800"}}]}""", "definition.steps[0].config.x")]
    public async Task What_is_wrong_is_named_by_its_path(string definition, string field)
    {
        var member = await host.RegisterAsync();
        var refused = await member.PostRawAsync("/api/v1/workflows/import", $$"""{"definition": {{definition}}}""");

        Assert.True(refused.Status == 400, refused.Text);
        Assert.Equal([field], refused.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task Too_many_steps_are_refused_with_the_limit()
    {
        var member = await host.RegisterAsync();
        var steps = string.Join(',', Enumerable.Range(0, 1_001).Select(number => $$"""{"id": "s{{number}}", "type": "http"}"""));

        Assert.Contains(
            "the limit is 1,000",
            (await member.PostRawAsync("/api/v1/workflows/import", $$"""{"steps": [{{steps}}]}""")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("loop_foreach", "complete", "loop", "is a loop")]
    [InlineData("action_http", "error", "loop", "port 'error'")]
    [InlineData("condition_if", "false", "loop", "port 'false'")]
    [InlineData("trigger_manual", "output", "loop", "triggers")]
    public async Task A_graph_that_steps_cannot_say_is_a_conflict_that_names_the_node(string type, string port, string node, string reason)
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(
            new Dictionary<string, object>
            {
                ["first"] = Graphs.Node("trigger_manual"),
                [node] = Graphs.Node(type),
                ["end"] = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("first", node), Graphs.Line(node, "end", port) }
        );

        var refused = await member.GetAsync($"/api/v1/workflows/{id}/export?format=steps");

        Assert.Equal((409, "workflow.not_steps"), (refused.Status, refused.Reason));
        Assert.Contains(reason, refused.Details.GetProperty("nodes").GetProperty(node).GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await member.GetAsync($"/api/v1/workflows/{id}/export?format=graph")).Status);
    }

    [Fact]
    public async Task Two_lines_into_one_node_are_no_step()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(
            new
            {
                first = Graphs.Node("trigger_manual"),
                a = Graphs.Node("action_delay"),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("first", "a"), Graphs.Line("a", "end"), Graphs.Line("first", "end") }
        );

        Assert.Contains("Merge", (await member.GetAsync($"/api/v1/workflows/{id}/export?format=steps")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_and_tokens_stay_behind()
    {
        var member = await host.RegisterAsync();
        var id = await ImportAsync(
            member,
            """
            {"steps": [{"id": "hook", "type": "trigger_webhook", "config": {"require_signature": true}},
              {"id": "call", "type": "http", "config": {"url": "https://example.com", "headers": {"X-Api-Key": "s3cret-1", "Accept": "text/plain"},
              "query": {"access_token": "s3cret-2"}}, "depends_on": ["hook"]}],
             "variables": {"password": "s3cret-3", "city": "Ulm"}}
            """
        );
        var door = (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Data.GetProperty("webhooks")[0];

        foreach (var format in new[] { "graph", "steps" })
        {
            var exported = await member.GetAsync($"/api/v1/workflows/{id}/export?format={format}");
            Assert.DoesNotContain("s3cret", exported.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(door.GetProperty("token").GetString()!, exported.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(door.GetProperty("secret").GetString()!, exported.Text, StringComparison.Ordinal);
            Assert.Contains("{{ env.X_API_KEY }}", exported.Text, StringComparison.Ordinal);
            Assert.Contains("text/plain", exported.Text, StringComparison.Ordinal);
            Assert.Equal(3, exported.Data.GetProperty("withheld").GetArrayLength());
            await ImportAsync(member, exported.Data.GetRawText());
        }
    }

    [Fact]
    public async Task An_update_takes_steps_and_what_it_does_not_name_stays()
    {
        var member = await host.RegisterAsync();
        var id = await ImportAsync(member, DocumentedExample);

        Assert.Equal(
            200,
            (
                await member.PutAsync($"/api/v1/workflows/{id}", JsonElement.Parse("""{"definition": {"steps": [{"id": "only", "type": "http"}]}}"""))
            ).Status
        );
        var twice = await member.PutAsync($"/api/v1/workflows/{id}", JsonElement.Parse("""{"definition": {"steps": []}, "nodes": {}}"""));

        Assert.Equal(400, twice.Status);
        var workflow = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;
        Assert.Equal(["start", "only"], workflow.GetProperty("nodes").EnumerateObject().Select(node => node.Name));
        Assert.Equal("{{ env.API_KEY }}", workflow.GetProperty("global_variables").GetProperty("api_key").GetString());
    }

    [Fact]
    public async Task Nothing_is_imported_from_nothing()
    {
        var member = await host.RegisterAsync();

        Assert.Contains("definition", (await member.PostRawAsync("/api/v1/workflows/import", "{}")).Text, StringComparison.Ordinal);
        Assert.Equal(400, (await member.PostRawAsync("/api/v1/workflows/import", """{"definition": []}""")).Status);
        Assert.Equal(400, (await member.GetAsync($"/api/v1/workflows/{await ImportAsync(member, DocumentedExample)}/export?format=xml")).Status);
    }

    private static async Task<Guid> ImportAsync(Member member, string document)
    {
        var imported = await member.PostRawAsync("/api/v1/workflows/import", document);
        Assert.True(imported.Status == 201, imported.Text);
        return imported.Data.GetProperty("workflow_id").GetGuid();
    }

    private static async Task<string> GraphAsync(Member member, Guid id)
    {
        var workflow = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;
        return string.Join(
            '\n',
            new[] { "nodes", "connections", "global_variables", "settings" }.Select(field => workflow.GetProperty(field).GetRawText())
        );
    }
}
