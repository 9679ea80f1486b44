using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class ChatWaitTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_of_who_was_asked_counts_and_only_a_choice()
    {
        var owner = await host.RegisterAsync();
        var other = await host.InviteAsync(owner, "operator");
        await PublishAsync(owner, new { message_template = "Which size, {{username}}?", choices = new[] { "Small", "Large" } });
        var execution = (await SayAsync(owner, "!order")).GetProperty("executions")[0].GetGuid();
        await owner.ParkedAsync(execution);

        Assert.Empty((await SayAsync(other, "large")).GetProperty("answered").EnumerateArray());
        Assert.Empty((await SayAsync(owner, "medium")).GetProperty("answered").EnumerateArray());
        Assert.Equal(execution, (await SayAsync(owner, " LARGE ")).GetProperty("answered")[0].GetGuid());
        Assert.Empty((await SayAsync(owner, "small")).GetProperty("answered").EnumerateArray());

        var output = (await owner.EndedAsync(execution)).GetProperty("final_output");
        Assert.Equal(
            ("Large", " LARGE ", owner.Email.Split('@')[0]),
            (output.GetProperty("choice").GetString(), output.GetProperty("answer").GetString(), output.GetProperty("username").GetString())
        );
        var messages = (await owner.GetAsync($"/api/v1/chat/{owner.Entity}/messages"))
            .Data.EnumerateArray()
            .Select(message => message.GetProperty("text").GetString());
        Assert.Single(messages, $"Which size, {owner.Email.Split('@')[0]}?");
    }

    [Fact]
    public async Task Anyone_may_answer_if_the_author_says_so_and_the_first_one_counts()
    {
        var owner = await host.RegisterAsync();
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.InviteAsync(owner, "operator")));
        await PublishAsync(owner, new { message_template = "Who?", from = "anyone" });
        var execution = (await SayAsync(owner, "!order")).GetProperty("executions")[0].GetGuid();
        await owner.ParkedAsync(execution);
        var posted = await Task.WhenAll(others.Select(other => SayAsync(other, "me")));

        var winner = Assert.Single(posted, message => message.GetProperty("answered").GetArrayLength() == 1);
        Assert.Equal(
            winner.GetProperty("author").GetProperty("user_id").GetGuid(),
            (await owner.EndedAsync(execution)).GetProperty("final_output").GetProperty("user_id").GetGuid()
        );
    }

    [Fact]
    public async Task The_command_itself_is_no_answer_to_what_it_started()
    {
        var owner = await host.RegisterAsync();
        await PublishAsync(owner, new { message_template = "Who?", from = "anyone" });
        for (var round = 0; round < 10; round++)
        {
            var execution = (await SayAsync(owner, "!order")).GetProperty("executions")[0].GetGuid();
            await owner.ParkedAsync(execution);
            Assert.Equal(execution, (await SayAsync(owner, "me")).GetProperty("answered")[0].GetGuid());
        }
    }

    [Fact]
    public async Task A_question_to_the_same_user_needs_one()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(
            new { start = Graphs.Node("trigger_manual"), ask = Graphs.Node("action_chat_ask", new { message = "Who?" }) },
            new[] { Graphs.Line("start", "ask") }
        );

        Assert.Equal("chat.no_user", (await owner.EndedAsync(await owner.StartAsync(workflow))).GetProperty("error_code").GetString());
        Assert.Empty((await owner.GetAsync($"/api/v1/chat/{owner.Entity}/messages")).Data.EnumerateArray());
    }

    [Fact]
    public async Task Nobody_answers_and_the_question_times_out()
    {
        var owner = await host.RegisterAsync();
        await PublishAsync(owner, new { message_template = "Hello?", wait_seconds = 1 });
        var execution = (await SayAsync(owner, "!order")).GetProperty("executions")[0].GetGuid();

        Assert.Equal("late", (await owner.EndedAsync(execution)).GetProperty("execution_path").EnumerateArray().Last().GetString());
    }

    [Fact]
    public async Task A_command_rests_for_everybody_or_for_its_author()
    {
        var owner = await host.RegisterAsync();
        var other = await host.InviteAsync(owner, "operator");
        await CommandAsync(owner, new { command_pattern = "!all", cooldown_seconds = 3600 });
        await CommandAsync(owner, new { command_pattern = "!each", user_cooldown_seconds = 3600 });
        await CommandAsync(
            owner,
            new
            {
                command_pattern = "!both",
                cooldown_seconds = 1,
                user_cooldown_seconds = 3600,
            }
        );

        var raced = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => SayAsync(number % 2 == 0 ? owner : other, "!all")));
        Assert.Single(raced, message => message.GetProperty("executions").GetArrayLength() == 1);
        Assert.All(
            raced.Where(message => message.GetProperty("executions").GetArrayLength() == 0),
            message => Assert.Equal("command.cooling_down", message.GetProperty("refused")[0].GetProperty("reason").GetString())
        );

        var each = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => SayAsync(number % 2 == 0 ? owner : other, "!each")));
        Assert.Equal(2, each.Sum(message => message.GetProperty("executions").GetArrayLength()));

        // A rest of its author's own must not let the common one begin.
        Assert.Equal(1, (await SayAsync(owner, "!both")).GetProperty("executions").GetArrayLength());
        await Eventually.True(
            async () => (await SayAsync(other, "!both")).GetProperty("executions").GetArrayLength() == 1,
            TimeSpan.FromSeconds(10),
            Ct
        );
        await Eventually.True(
            async () => await host.CountAsync("select count(*) from automation.cooldowns where until < now() and user_id = $1", Guid.Empty) == 1,
            TimeSpan.FromSeconds(10),
            Ct
        );
        Assert.Equal(0, (await SayAsync(owner, "!both")).GetProperty("executions").GetArrayLength());
        Assert.Equal(1, await host.CountAsync("select count(*) from automation.cooldowns where until < now() and user_id = $1", Guid.Empty));
    }

    [Fact]
    public async Task A_command_may_demand_a_role()
    {
        var owner = await host.RegisterAsync();
        var (editor, other) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "operator"));
        await CommandAsync(owner, new { command_pattern = "!mod", require_mod = true });
        await CommandAsync(owner, new { command_pattern = "!own", require_bot_owner = true });
        await CommandAsync(owner, new { command_pattern = "!pub", permission_level = "publish:workflows" });

        foreach (
            var (command, member, starts) in new[]
            {
                ("!mod", owner, 1),
                ("!mod", editor, 1),
                ("!mod", other, 0),
                ("!own", owner, 1),
                ("!own", editor, 0),
                ("!pub", editor, 1),
                ("!pub", other, 0),
            }
        )
        {
            Assert.Equal(starts, (await SayAsync(member, command)).GetProperty("executions").GetArrayLength());
        }
    }

    private static async Task<JsonElement> SayAsync(Member member, string message)
    {
        var posted = await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message });
        Assert.True(posted.Status == 201, posted.Text);
        return posted.Data;
    }

    private static Task<Guid> CommandAsync(Member owner, object trigger) =>
        owner.PublishAsync(new { on = Graphs.Node("trigger_command", trigger), end = Graphs.Node("flow_end") }, new[] { Graphs.Line("on", "end") });

    private static Task<Guid> PublishAsync(Member owner, object ask) =>
        owner.PublishAsync(
            new
            {
                on = Graphs.Node("trigger_command", new { command_pattern = "!order" }),
                ask = Graphs.Node("action_chat_ask", ask),
                end = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
                late = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("on", "ask"), Graphs.Line("ask", "end", "answered"), Graphs.Line("ask", "late", "timeout") }
        );
}
