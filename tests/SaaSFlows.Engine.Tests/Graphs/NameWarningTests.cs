using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Tests.Running;

namespace SaaSFlows.Engine.Tests.Graphs;

/// <summary>Names that stand for nothing are told with their place and what to write instead, and nothing else is.</summary>
public sealed class NameWarningTests
{
    private const string Command = """{"node_type":"trigger_command","label":"t","config":{"command_pattern":"!x"}}""";
    private const string Webhook = """{"node_type":"trigger_webhook","label":"t"}""";
    private const string Manual = """{"node_type":"trigger_manual","label":"t"}""";

    private readonly EngineBench _bench = new();

    [Theory]
    [InlineData("{{ usrname }}", "name.unknown", "username")]
    [InlineData("{{ hello }}", "name.unknown", null)]
    [InlineData("{{ inptu.x }}", "name.unknown", "input")]
    [InlineData("{{ variables.totl }}", "name.unknown", "variables.total")]
    [InlineData("{{ variables['totl'].x }}", "name.unknown", "variables.total")]
    [InlineData("{{ trigger.usernmae }}", "name.unknown_member", "trigger.username")]
    [InlineData("{{ nodes.frist.output }}", "name.unknown_node", "nodes.first.output")]
    [InlineData("{{ nodes.nowhere.output }}", "name.unknown_node", null)]
    [InlineData("{{ steps.frist.body }}", "name.unknown_node", "steps.first.body")]
    [InlineData("{{ nodes.first.body }}", "name.unknown_member", "nodes.first.output.body")]
    [InlineData("{{ nodes.first.outptu.body }}", "name.unknown_member", "nodes.first.output.body")]
    [InlineData("{{ nodes.last.output }}", "name.later_node", null)]
    [InlineData("{{ nodes.this.output }}", "name.later_node", null)]
    [InlineData("{{ nodes.beside.output }}", "name.later_node", null)]
    [InlineData("{{ nodes.inside.output }}", "name.inside_loop", null)]
    [InlineData("{{ loop.item }}", "name.outside_loop", null)]
    [InlineData("{{ entry.name }}", "name.outside_loop", null)]
    [InlineData("{{ workflow.nmae }}", "name.unknown_member", "workflow.name")]
    [InlineData("{{ tenant.slog }}", "name.unknown_member", "tenant.slug")]
    [InlineData("{{ execution.started }}", "name.unknown_member", null)]
    [InlineData("{{ nodes.with-dash.output }}", "name.dash", "nodes['with-dash']")]
    [InlineData("{{ input.headers.content-type }}", "name.dash", "input.headers['content-type']")]
    [InlineData("{{ my-name }}", "name.dash", "variables['my-name']")]
    public void A_name_that_stands_for_nothing_is_told(string text, string code, string? suggestion)
    {
        var warning = Assert.Single(Names(Command, text));

        Assert.Equal((code, "this", "variables.x", suggestion), (warning.Code, warning.Node, warning.Field, warning.Suggestion));
        Assert.StartsWith("Node 'this': variables.x: ", warning.Message, StringComparison.Ordinal);
        Assert.Equal(3, warning.Position);
        if (suggestion is not null)
        {
            Assert.EndsWith($" Write {suggestion}.", warning.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{{ username }} {{ args[0] }} {{ trigger.user_id }} {{ message }}")]
    [InlineData("{{ total + variables.total }} {{ now }} {{ env.ANYTHING }}")]
    [InlineData("{{ nodes.first.output.body.x }} {{ nodes['with-dash'].output }} {{ steps.first.body }} {{ steps.first.output }}")]
    [InlineData("{{ input.anything }} {{ input['first'].body }} {{ input['a-b'] }}")]
    [InlineData("{{ execution.id }} {{ execution.started_at }} {{ workflow.name }} {{ workflow.id }} {{ tenant.id }} {{ tenant.slug }}")]
    [InlineData("{{ typeof missing }} {{ nodes.beside?.output }} {{ nodes[username] }} {{ 'nodes.nowhere' }} nodes.nowhere")]
    [InlineData("{{ total-1 }} {{ total-total }} {{ total - input.x }} {{ {username} }} {{ Math.max(total, 1) }}")]
    [InlineData("{{ loop_results }}")]
    public void A_name_that_stands_for_something_is_not(string text) => Assert.Empty(Names(Command, text));

    [Theory]
    [InlineData("username")]
    [InlineData("totals")]
    [InlineData("payload.user.name")]
    public void What_is_sent_may_have_any_name(string name)
    {
        Assert.Empty(Names(Webhook, $"{{{{ {name} }}}}"));
        Assert.Empty(Names(Webhook, "x", name));
    }

    [Fact]
    public void A_slip_is_told_although_it_could_be_sent()
    {
        Assert.Equal("total", Assert.Single(Names(Webhook, "{{ toatl }}")).Suggestion);
        Assert.Equal("trigger.payload.user", Assert.Single(Names(Webhook, "{{ trigger.user }}")).Suggestion);
        Assert.Empty(Names(Manual, "{{ trigger.user }}"));
    }

    [Theory]
    [InlineData("usrname", "username", "name.unknown")]
    [InlineData("variables.totl", "variables.total", "name.unknown")]
    [InlineData("nodes.frist.output.ok", "nodes.first.output.ok", "name.unknown_node")]
    [InlineData("loop.item", null, "name.outside_loop")]
    [InlineData("total > 5", "{{ total > 5 }}", "name.unknown")]
    public void A_condition_on_a_name_that_cannot_exist_is_told_and_fails(string name, string? suggestion, string code)
    {
        var warning = Assert.Single(Names(Command, "x", name));

        Assert.Equal((code, "decide", "condition[0].variable", suggestion), (warning.Code, warning.Node, warning.Field, warning.Suggestion));
    }

    [Fact]
    public void The_schema_of_a_trigger_names_what_it_puts_out()
    {
        var trigger = """{"node_type":"trigger_manual","label":"t","config":{"input_schema":{"properties":{"customer":{}}}}}""";

        Assert.Empty(Names(trigger, "{{ customer }}"));
        Assert.Equal("customer", Assert.Single(Names(trigger, "{{ custoner }}")).Suggestion);
    }

    [Fact]
    public void Inside_a_loop_its_names_exist()
    {
        var report = Validate(
            Graph(Command, "x", "username")
                .Replace("\"inner\"", "\"{{ entry }} {{ index }} {{ loop.item }} {{ loop.itme }}\"", StringComparison.Ordinal)
        );

        Assert.Equal("loop.item", Assert.Single(report.Warnings, warning => warning.Code.StartsWith("name.", StringComparison.Ordinal)).Suggestion);
    }

    [Fact]
    public void Thousands_of_wrong_names_are_counted_not_listed()
    {
        var text = string.Concat(Enumerable.Range(0, 5_000).Select(number => $"{{{{ nodes.nowhere{number}.output }}}}"));

        var names = Names(Command, text);

        Assert.Equal((201, "name.too_many"), (names.Count, names[^1].Code));
    }

    [Theory]
    [InlineData("usrname", "equals")]
    [InlineData("usrname", "exists")]
    [InlineData("nodes.nowhere.output", "equals")]
    [InlineData("nodes.first.body", "is_empty")]
    [InlineData("loop.item", "not_equals")]
    public async Task A_condition_that_reads_what_cannot_exist_fails_when_it_runs(string name, string symbol)
    {
        var view = await _bench.RunAsync(Graph(Command, "x", name, symbol), """{"username":"ada"}""", ct: TestContext.Current.CancellationToken);

        Assert.Equal(("expression.unknown_name", "decide"), (view.ErrorCode, view.ErrorNode?.Value));
    }

    [Theory]
    [InlineData(Command, "args.7")]
    [InlineData(Command, "user_id")]
    [InlineData(Command, "nodes.first.output.ok")]
    [InlineData(Command, "nodes.last.output")]
    [InlineData(Webhook, "anything")]
    public async Task A_condition_on_what_is_only_absent_is_decided(string trigger, string name)
    {
        var view = await _bench.RunAsync(Graph(trigger, "x", name, "exists"), """{"username":"ada"}""", ct: TestContext.Current.CancellationToken);

        Assert.Null(view.ErrorCode);
    }

    [Fact]
    public void A_workflow_that_nothing_can_start_is_told()
    {
        var off = Validate(
            """
            {"nodes":{"start":{"node_type":"trigger_manual","label":"t","enabled":false},"end":{"node_type":"flow_end","label":"e"}},
            "connections":[{"from_node_id":"start","to_node_id":"end"}]}
            """
        );

        Assert.Contains(
            "Switch on node 'start'",
            Assert.Single(off.Warnings, warning => warning.Code == WarningCodes.NoTrigger).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"error_port\"", "", "node.error_port_unconnected")]
    [InlineData("\"error_port\"", """,{"from_node_id":"one","from_port_name":"error","to_node_id":"join"}""", null)]
    [InlineData("null", "", "parallel.branch_can_fail")]
    [InlineData("\"fail\"", "", "parallel.branch_can_fail")]
    [InlineData("\"continue\"", "", null)]
    [InlineData("null", """,{"from_node_id":"one","from_port_name":"error","to_node_id":"join"}""", null)]
    public void A_failure_that_nobody_handles_is_told(string onError, string more, string? code)
    {
        var report = Validate(
            $$$"""
            {"nodes":{
               "start":{{{Manual}}},
               "race":{"node_type":"flow_parallel","label":"r","config":{"execution_type":"any_first"}},
               "one":{"node_type":"test_effect","label":"1","on_error":{{{onError}}} },
               "two":{"node_type":"test_effect","label":"2","on_error":"continue"},
               "join":{"node_type":"flow_merge","label":"j","config":{"input_ports_required":1}},
               "last":{"node_type":"test_effect","label":"l"},
               "end":{"node_type":"flow_end","label":"e"}},
             "connections":[{"from_node_id":"start","to_node_id":"race"},{"from_node_id":"race","to_node_id":"one"},{"from_node_id":"race",
             "to_node_id":"two"},
               {"from_node_id":"one","from_port_name":"success","to_node_id":"join"},{"from_node_id":"two","from_port_name":"success",
               "to_node_id":"join"},
               {"from_node_id":"join","to_node_id":"last"},{"from_node_id":"last","from_port_name":"success","to_node_id":"end"}{{{more}}}]}
            """
        );

        Assert.Equal(code is null ? [] : [(code, "one")], report.Warnings.Select(warning => (warning.Code, warning.Node)));
    }

    [Theory]
    [InlineData("""{"variables":{"x":"{{ input.a + 1 }}"}}""", true)]
    [InlineData("""{"variables":{"x":1}}""", false)]
    public void What_computes_can_fail_too(string config, bool isTold)
    {
        var report = Validate(
            $$$"""
            {"nodes":{
               "start":{{{Manual}}},
               "race":{"node_type":"flow_parallel","label":"r","config":{"execution_type":"any_first"}},
               "one":{"node_type":"data_variable_set","label":"1","config":{{{config}}} },
               "two":{"node_type":"test_effect","label":"2","on_error":"continue"},
               "join":{"node_type":"flow_merge","label":"j","config":{"input_ports_required":1}},
               "end":{"node_type":"flow_end","label":"e"}},
             "connections":[{"from_node_id":"start","to_node_id":"race"},{"from_node_id":"race","to_node_id":"one"},{"from_node_id":"race",
             "to_node_id":"two"},
               {"from_node_id":"one","to_node_id":"join"},{"from_node_id":"two","from_port_name":"success","to_node_id":"join"},
               {"from_node_id":"join","to_node_id":"end"}]}
            """
        );

        Assert.Equal(isTold ? [("parallel.branch_can_fail", "one")] : [], report.Warnings.Select(warning => (warning.Code, warning.Node)));
    }

    [Theory]
    [InlineData("{{ node.first.output }}", "nodes")]
    [InlineData("{{ step.first.ok }}", "steps")]
    [InlineData("{{ inputs.a }}", "input")]
    [InlineData("{{ header.host }}", "headers")]
    [InlineData("{{ variable.total }}", "variables")]
    [InlineData("{{ nodes['The first one'].output.ok }}", "nodes.first.output.ok")]
    public void One_for_many_and_labels_for_ids_are_told(string text, string instead)
    {
        var graph = Graph(Webhook, text, "now").Replace("\"label\":\"1\"", "\"label\":\"The first one\"", StringComparison.Ordinal);
        var warning = Assert.Single(Validate(graph).Warnings, warning => warning.Code.StartsWith("name.", StringComparison.Ordinal));

        Assert.Equal(instead, warning.Suggestion);
    }

    [Theory]
    [InlineData("input", "in every workflow that name is something else")]
    [InlineData("workflow", "in every workflow that name is something else")]
    [InlineData("", "A variable needs a name")]
    [InlineData("long", "may have 200 characters, not 201")]
    public void A_variable_that_no_node_can_set_is_an_error(string name, string problem)
    {
        name = name == "long" ? new string('x', 201) : name;
        var report = Validate(Graph(Manual, "x", "now").Replace("{\"y\":1}", $"{{\"{name}\":1}}", StringComparison.Ordinal));

        Assert.Contains(problem, Assert.Single(report.NodeErrors["with-dash"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_something_else_hides_are_told()
    {
        var graph = Graph(Manual, "x", "now")
            .Replace("\"total\":1", "\"total\":1,\"input\":1", StringComparison.Ordinal)
            .Replace("\"item_variable\":\"entry\"", "\"item_variable\":\"loop\"", StringComparison.Ordinal);
        var warnings = Validate(graph)
            .Warnings.Where(warning => warning.Code == WarningCodes.Reserved)
            .Select(warning => (warning.Node, warning.Message))
            .ToList();

        Assert.Equal([null, "each"], warnings.Select(warning => warning.Node));
        Assert.Contains("variables.input", warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("loop.item", warnings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_lets_nothing_else_in_closes_the_names()
    {
        const string schema = """
            {"node_type":"trigger_manual","label":"s",
            "config":{"input_schema":{"properties":{"username":{}},"additionalProperties":false}}}
            """;
        Assert.Empty(Names(schema, "{{ username }} {{ trigger.username }}"));
        Assert.Equal(
            [WarningCodes.UnknownName, WarningCodes.UnknownMember],
            Names(schema, "{{ foo }} {{ trigger.foo }}").Select(warning => warning.Code)
        );
        Assert.Empty(Names(schema.Replace(",\"additionalProperties\":false", "", StringComparison.Ordinal), "{{ foo }}"));
    }

    private List<ValidationWarning> Names(string trigger, string text, string condition = "now") =>
        [.. Validate(Graph(trigger, text, condition)).Warnings.Where(warning => warning.Code.StartsWith("name.", StringComparison.Ordinal))];

    private static string Graph(string trigger, string text, string condition, string symbol = "equals") =>
        $$$$"""
            {"global_variables":{"total":1,"my-name":"x"},
             "nodes":{
               "start":{{{{trigger}}}},
               "first":{"node_type":"test_effect","label":"1","config":{"result":{"ok":true}}},
               "with-dash":{"node_type":"data_variable_set","label":"d","config":{"variables":{"y":1}}},
               "beside":{"node_type":"data_variable_set","label":"b","config":{"variables":{"z":1}}},
               "each":{"node_type":"loop_foreach","label":"l","config":{"array_variable":[1],"item_variable":"entry"}},
               "inside":{"node_type":"data_variable_set","label":"i","config":{"variables":{"loop_results":"inner"}}},
               "this":{"node_type":"data_variable_set","label":"x","config":{"variables":{"x":{{{{JsonSerializer.Serialize(text)}}}} } } },
               "decide":{"node_type":"condition_if","label":"c","config":{"condition":[{"variable":{{{{JsonSerializer.Serialize(
                condition
            )}}}},"operator":"{{{{symbol}}}}","value":1}]}},
               "last":{"node_type":"flow_end","label":"e"}},
             "connections":[{"from_node_id":"start","to_node_id":"first"},{"from_node_id":"first","from_port_name":"success",
             "to_node_id":"with-dash"},
               {"from_node_id":"start","to_node_id":"beside"},{"from_node_id":"with-dash","to_node_id":"each"},{"from_node_id":"each",
               "from_port_name":"loop","to_node_id":"inside"},
               {"from_node_id":"each","from_port_name":"complete","to_node_id":"this"},{"from_node_id":"this","to_node_id":"decide"},
               {"from_node_id":"decide","from_port_name":"true","to_node_id":"last"},{"from_node_id":"decide","from_port_name":"false",
               "to_node_id":"last"}]}
            """;

    private ValidationReport Validate(string json) => new GraphValidator(_bench.Catalogue, _bench.Limits).Validate(_bench.Read(json));
}
