using System.Text.Json;

namespace SaaSFlows.Api.Tests;

public sealed class GlobalVariableTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task What_one_execution_shares_another_one_reads_and_no_other_tenant()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        await RunAsync(member, await SetAsync(member), new { value = new { a = 1 } });

        Assert.Equal("""{"a":1}""", (await RunAsync(member, await GetAsync(member))).GetProperty("final_output").GetRawText());
        Assert.Equal("\"none\"", (await RunAsync(stranger, await GetAsync(stranger))).GetProperty("final_output").GetRawText());
    }

    [Fact]
    public async Task A_community_has_at_most_a_thousand_names_also_when_many_write_at_once()
    {
        var member = await host.RegisterAsync();
        await host.CountAsync(
            """
            with made as (
                insert into automation.global_variables (tenant_id, community_id, name, value, written_by, updated_at)
                select $1, $2, 'v' || n, '1', 'test', now() from generate_series(1, 995) n returning 1)
            select count(*) from made
            """,
            member.Tenant,
            member.Community
        );
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node("data_variable_set", new { scope = "global", variables = new Dictionary<string, object> { ["kept"] = 1 } }),
            },
            new[] { Graphs.Line("start", "set") }
        );
        Assert.Equal("completed", (await RunAsync(member, workflow)).GetProperty("status").GetString());
        var ended = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async number => await RunAsync(member, await SetAsync(member, $"new{number}"), new { value = 1 }))
        );

        Assert.Equal(4, ended.Count(execution => execution.GetProperty("status").GetString() == "completed"));
        Assert.All(
            ended.Where(execution => execution.GetProperty("status").GetString() != "completed"),
            execution => Assert.Equal("variable.too_many", execution.GetProperty("error_code").GetString())
        );
        Assert.Equal(1_000, await host.CountAsync("select count(*) from automation.global_variables where community_id = $1", member.Community));
        Assert.Equal("completed", (await RunAsync(member, workflow)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_value_that_is_too_large_is_refused()
    {
        var member = await host.RegisterAsync();
        var ended = await RunAsync(member, await SetAsync(member), new { value = new string('x', 256 * 1024 - 20) });
        Assert.Equal("completed", ended.GetProperty("status").GetString());

        var tooLarge = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node(
                    "data_variable_set",
                    new { scope = "global", variables = new { shared = new[] { "{{input.value}}", "{{input.value}}" } } }
                ),
            },
            new[] { Graphs.Line("start", "set") }
        );
        Assert.Equal(
            "variable.too_large",
            (await RunAsync(member, tooLarge, new { value = new string('x', 200 * 1024) })).GetProperty("error_code").GetString()
        );
    }

    private static async Task<JsonElement> RunAsync(Member member, Guid workflow, object? variables = null) =>
        await member.EndedAsync(await member.StartAsync(workflow, variables));

    private static Task<Guid> SetAsync(Member member, string name = "shared") =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node(
                    "data_variable_set",
                    new { scope = "global", variables = new Dictionary<string, object> { [name] = "{{input.value}}" } }
                ),
            },
            new[] { Graphs.Line("start", "set") }
        );

    private static Task<Guid> GetAsync(Member member) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                read = Graphs.Node(
                    "data_variable_get",
                    new
                    {
                        scope = "global",
                        variable_name = "shared",
                        default_value = "none",
                    }
                ),
                end = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
            },
            new[] { Graphs.Line("start", "read"), Graphs.Line("read", "end") }
        );
}
