using System.Text;
using System.Text.Json.Nodes;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>No data makes an activity fail as only a mistake of ours may (<c>node.crashed</c>), or breaks its execution's runner.</summary>
public sealed class OddValueTests
{
    private const string Condition =
        """{"and":[{"variable":"input.v","operator":"equals","value":"x"},{"not":{"variable":"input.v","operator":"contains","value":"x"}}]}""";

    private static readonly string[] Values =
    [
        "null",
        "true",
        "0",
        "-0",
        "-1",
        "0.5",
        "1e400",
        "-1e400",
        "1e-400",
        "12345678901234567890123",
        "9223372036854775807",
        "9223372036854775808",
        "2147483648",
        "31536001",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "\"x\\ud800\"",
        "\"💥\"",
        "\"\\uffff\\ufffe\"",
        "\"NaN\"",
        "\"Infinity\"",
        "\"1e400\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"0001-01-01\"",
        "\"http://[\"",
        "\"https://exa\\u0000mple/\\ud83d\"",
        "\"http://a b\"",
        "\"//\"",
        "\"\\r\\n\"",
        "\"ä\"",
        "\"..\"",
        "\"[\"",
        "\"{{\"",
        "\"(\"",
        "\"__proto__\"",
        "[]",
        "{}",
        "[[]]",
        "[null,{},\"\\ud83d\",1e400]",
        "{\"\":null}",
        "{\"\\ud83d\":1}",
        "{\"a\":\"\\ud83d\"}",
        "{\"a\\u0000\\r\\n\":\"b\\u0000\\r\\n\"}",
        "{\"a b\":[1,[2]],\"Content-Type\":\"\\n\"}",
        "{\"Content-Type\":\"x\",\"content-type\":\"ä\",\"Host\":\"\",\"Content-Length\":\"-1\"}",
        "{\"a\":1,\"a\":2}",
        Deep(40),
        Deep(61),
        Long(5_000),
        Long(70_000),
    ];

    // A node of each type that needs a configuration, such as an author would write it.
    private static readonly Dictionary<string, string[]> Configs = new()
    {
        ["action_approval"] = ["""{"message":"m","approvers":["admin"],"expires_in":30}"""],
        ["action_browser_source"] =
        [
            """{"content_template":"x","duration":5,"priority":1}""",
            """{"source_type":"media","content_template":"https://example.com"}""",
        ],
        ["action_chat_ask"] = ["""{"message_template":"m","choices":["a"],"from":"anyone","wait_seconds":5}""", """{"message_template":"m"}"""],
        ["action_chat_message"] = ["""{"message_template":"m","destination":"specified_channel","channel_id":5}"""],
        ["action_delay"] = ["""{"delay_seconds":1}""", """{"delay_ms":1}""", """{"until":"2027-01-01T00:00:00Z"}""", """{"delay_variable":"v"}"""],
        ["action_http"] =
        [
            """{"url":"https://example.com/a","method":"POST","query":{"a":"b"},"headers":{"a":"b"},"body":{"a":"b"},"output_variable":"o"}""",
            """{"url":"https://example.com/a","body":"text","response_type":"json"}""",
            """{"url":"https://example.com/a","response_type":"text"}""",
        ],
        ["action_module"] =
        [
            """{"module_name":"m","module_version":"1","path":"a","input_mapping":{"a":"b"},"output_mapping":{"o":"a.b","p":"0"}}""",
            """{"module_name":"m"}""",
        ],
        ["action_wait_event"] = ["""{"event_type":"e","filters":{"a":"b"},"timeout_seconds":5}"""],
        ["action_workflow"] = ["""{"workflow":"w","input":{"a":"b"}}""", """{"workflow":"w","wait":false}"""],
        ["condition_filter"] =
        [
            """{"input_array":[1,"a",{"a":1}],"condition":{"variable":"item","operator":"equals","value":"x"},"output_variable":"o"}""",
            """{"input_array":"input.v","condition":{"variable":"item.a","operator":"less_than","value":1}}""",
        ],
        ["condition_if"] = [$$"""{"condition":{{Condition}}}"""],
        ["condition_switch"] =
        [
            """{"variable":"input.v","cases":{"x":"x","1":"one","":"none"}}""",
            """{"variable":"{{input.v}}","cases":{"x":"x"}}""",
        ],
        ["data_transform"] =
        [
            """{"transformations":{"a":"input.v","b":"input.v[0:1]","c":"JSON.parse(input.v)"}}""",
            """{"transformations":{"a":"('' + input.v).slice(0, 1)"}}""",
        ],
        ["data_variable_get"] = ["""{"variable_name":"v","output_variable":"o"}""", """{"variable_name":"v","scope":"global","default_value":1}"""],
        ["data_variable_set"] = ["""{"variables":{"x":"y"}}""", """{"variables":{"x":"y"},"scope":"global"}"""],
        ["flow_end"] = ["""{"output_data":{"a":"b"}}""", "{}"],
        ["flow_merge"] = ["""{"merge_strategy":"append"}""", """{"merge_strategy":"combine"}""", """{"merge_strategy":"first"}"""],
        ["flow_parallel"] = ["""{"timeout_seconds":5}"""],
        ["loop_break"] = [$$"""{"break_condition":{{Condition}}}"""],
        ["loop_foreach"] = ["""{"array_variable":[1],"collect":true}""", """{"array_variable":"input.v"}"""],
        ["loop_while"] = [$$"""{"condition":{{Condition}},"max_iterations":2}"""],
        ["trigger_command"] = ["""{"command_pattern":"!x"}"""],
        ["trigger_event"] = ["""{"event_type":"e","event_filters":{"a":"b"}}"""],
        ["trigger_manual"] = ["{}"],
        ["trigger_schedule"] = ["""{"cron_expression":"0 0 * * *"}"""],
        ["trigger_webhook"] = ["{}"],
    };

    private static readonly string[] Operators =
    [
        "equals",
        "not_equals",
        "greater_than",
        "less_than",
        "greater_equal",
        "less_equal",
        "contains",
        "not_contains",
        "matches_regex",
        "in_list",
        "not_in_list",
        "exists",
        "is_empty",
        "starts_with",
        "ends_with",
    ];

    public static TheoryData<string> Types => [.. new OddWorld().Activities().Select(activity => activity.Descriptor.Type).Order()];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task No_value_crashes_an_activity(string type)
    {
        var world = new OddWorld();
        var activities = world.Activities();
        var descriptor = activities.Single(activity => activity.Descriptor.Type == type).Descriptor;
        foreach (var config in Configs.GetValueOrDefault(type, ["{}"]).SelectMany(config => Variants(descriptor, config)).Distinct())
        {
            foreach (var value in Values)
            {
                world.Answer = value;
                await RunAsync(new EngineBench(activities: activities), descriptor, config, value);
            }
        }
    }

    private static async Task RunAsync(EngineBench bench, ActivityDescriptor descriptor, string config, string value)
    {
        bench.Compile(
            descriptor.IsTrigger
                ? $$"""{"nodes":{"start":{"node_type":"{{descriptor.Type}}","label":"s","config":{{config}} } },"connections":[]}"""
                : Graph(descriptor, config)
        );
        var input = $$"""{"v":{{value}},"list":[{{value}},{"a":{{value}}}],"user_id":{{value}}}""";
        var execution = bench.Accept(input: descriptor.IsTrigger ? value : input, variables: $$"""{"v":{{value}}}""");
        for (var rests = 0; rests < 20 && bench.Store.EndOf(execution) is null; rests++)
        {
            while (await RunOnceAsync(bench, $"{descriptor.Type} {config} hangs with {value[..Math.Min(value.Length, 200)]}")) { }

            foreach (var bookmark in bench.Store.Bookmarks(execution).Where(bookmark => bookmark.Kind is not ("retry" or "timeout")))
            {
                bench.Store.PutFact(execution, InboxFactKind.Stimulus, bookmark.Id, Encoding.UTF8.GetBytes(value));
            }

            bench.Time.Advance(bench.Options.Lease);
            bench.Store.FireDue();
        }

        var crash = bench
            .Store.Journal(execution)
            .FirstOrDefault(recorded =>
                recorded.Kind == JournalEventKind.NodeFailed
                && Encoding.UTF8.GetString(recorded.Body.Span).Contains("node.crashed", StringComparison.Ordinal)
            );
        Assert.True(crash is null, $"{descriptor.Type} {config} crashed with {value[..Math.Min(value.Length, 200)]}: {bench.Crash}");
    }

    private static async Task<bool> RunOnceAsync(EngineBench bench, string hangs)
    {
        try
        {
            return await bench
                .RunOnceAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new InvalidOperationException(hangs, error);
        }
    }

    private static string Graph(ActivityDescriptor descriptor, string config)
    {
        var connections = new StringBuilder("""{"from_node_id":"start","to_node_id":"node"}""");
        var outputs = descriptor
            .Outputs.Where(port => port != "break" && port != "loop")
            .Select(port => $$""",{"from_node_id":"node","from_port_name":"{{port}}","to_node_id":"after"}""");
        if (descriptor.IsBreak)
        {
            return $$"""
                {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"each":{"node_type":"loop_foreach","label":"l",
                "config":{"array_variable":"input.list"} },
                "node":{"node_type":"{{descriptor.Type}}","label":"n","config":{{config}} } },
                "connections":[{"from_node_id":"start","to_node_id":"each"},{"from_node_id":"each","from_port_name":"loop","to_node_id":"node"}]}
                """;
        }

        var body = descriptor.IsLoop ? """,{"from_node_id":"node","from_port_name":"loop","to_node_id":"body"}""" : "";
        return $$"""
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"node":{"node_type":"{{descriptor.Type}}","label":"n","config":{{config}} },
            "after":{"node_type":"flow_end","label":"a","config":{"output_data":"{{"{{input}}"}}"}
            },"body":{"node_type":"data_variable_set","label":"b","config":{"variables":{"w":"{{"{{input}}"}}"} } } },
            "connections":[{{connections}}{{string.Concat(outputs)}}{{body}}]}
            """;
    }

    /// <summary>
    /// The configuration as it is, with each value in it replaced by an expression that gives the odd value, alone and within text, and with each
    /// operator.
    /// </summary>
    private static IEnumerable<string> Variants(ActivityDescriptor descriptor, string config)
    {
        yield return config;
        if (descriptor.Type == "condition_if")
        {
            foreach (var name in Operators)
            {
                yield return config
                    .Replace("\"contains\"", $"\"{name}\"", StringComparison.Ordinal)
                    .Replace("\"less_than\"", $"\"{name}\"", StringComparison.Ordinal);
                yield return config.Replace("\"contains\",\"value\":\"x\"", $"\"{name}\",\"value\":\"{{{{input.v}}}}\"", StringComparison.Ordinal);
            }
        }

        var count = Leaves(JsonNode.Parse(config)!, descriptor).Count();
        for (var i = 0; i < count; i++)
        {
            foreach (var text in new[] { "{{input.v}}", "{{('' + input.v).slice(0, 1)}}" })
            {
                var changed = JsonNode.Parse(config)!;
                Leaves(changed, descriptor).ElementAt(i).ReplaceWith(text);
                yield return changed.ToJsonString();
            }
        }
    }

    // Those that may hold templates.
    private static IEnumerable<JsonNode> Leaves(JsonNode node, ActivityDescriptor descriptor) =>
        node switch
        {
            JsonObject fields => fields
                .Where(field => field.Key is not ("operator" or "variable") && !IsLiteral(descriptor, field.Key))
                .SelectMany(field => field.Value is JsonValue value ? [value] : new[] { field.Value! }.Concat(Leaves(field.Value!, descriptor))),
            JsonArray items => items.SelectMany(item => item is JsonValue value ? [value] : Leaves(item!, descriptor)),
            _ => [],
        };

    private static bool IsLiteral(ActivityDescriptor descriptor, string field) =>
        descriptor.ConfigSchema.GetProperty("properties").TryGetProperty(field, out var schema) && schema.TryGetProperty("x-literal", out _);

    private static string Deep(int levels) => string.Concat(new string('[', levels), new string(']', levels));

    private static string Long(int length) => $"\"{new string('x', length)}\"";
}
