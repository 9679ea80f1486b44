using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class ApprovalTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_leaves_by_its_port_with_who_and_why()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await PublishAsync(member), new { amount = 7 });
        var approval = await PendingAsync(member, execution);

        Assert.Equal("Refund 7?", approval.GetProperty("message").GetString());
        Assert.Equal(("ask", true), (approval.GetProperty("node_id").GetString(), approval.GetProperty("can_decide").GetBoolean()));
        var id = approval.GetProperty("approval_id").GetGuid();
        var decided = await member.PostAsync($"/api/v1/approvals/{id}/approve", new { comment = "fine" });

        Assert.Equal(
            (200, "approved", "fine"),
            (decided.Status, decided.Data.GetProperty("status").GetString(), decided.Data.GetProperty("comment").GetString())
        );
        var ended = await member.EndedAsync(execution);
        Assert.Equal(["start", "ask", "yes"], ended.GetProperty("execution_path").EnumerateArray().Select(node => node.GetString()));
        var output = ended.GetProperty("final_output");
        Assert.Equal(("approved", member.Email, "fine"), (Text(output, "decision"), Text(output, "by"), Text(output, "comment")));
        Assert.Equal("approved", (await member.GetAsync($"/api/v1/approvals/{id}")).Data.GetProperty("status").GetString());

        var second = await member.PostAsync($"/api/v1/approvals/{id}/reject");
        Assert.Equal(
            (409, "approval.decided", member.Email),
            (second.Status, second.Reason, second.Details.GetProperty("decided_by_name").GetString())
        );
    }

    [Fact]
    public async Task A_rejection_needs_no_body()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await PublishAsync(member));
        var id = (await PendingAsync(member, execution)).GetProperty("approval_id").GetGuid();

        Assert.Equal(200, (await member.PostAsync($"/api/v1/approvals/{id}/reject")).Status);
        Assert.Equal("no", (await member.EndedAsync(execution)).GetProperty("execution_path").EnumerateArray().Last().GetString());
    }

    [Fact]
    public async Task Of_many_decisions_at_once_exactly_one_wins()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await PublishAsync(member));
        var id = (await PendingAsync(member, execution)).GetProperty("approval_id").GetGuid();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(number =>
                    member.PostAsync($"/api/v1/approvals/{id}/{(number % 2 == 0 ? "approve" : "reject")}", new { comment = $"{number}" })
                )
        );

        var winner = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((409, "approval.decided"), (answer.Status, answer.Reason)));
        var output = (await member.EndedAsync(execution)).GetProperty("final_output");
        Assert.Equal((Text(winner.Data, "status"), Text(winner.Data, "comment")), (Text(output, "decision"), Text(output, "comment")));
    }

    [Fact]
    public async Task Who_is_no_approver_may_look_but_not_decide()
    {
        var owner = await host.RegisterAsync();
        var (editor, operatorOne, named) = (
            await host.InviteAsync(owner, "editor"),
            await host.InviteAsync(owner, "operator"),
            await host.InviteAsync(owner, "viewer")
        );
        var execution = await owner.StartAsync(await PublishAsync(owner, new[] { "editor", named.Email }));
        var id = (await PendingAsync(operatorOne, execution)).GetProperty("approval_id").GetGuid();

        Assert.False((await operatorOne.GetAsync($"/api/v1/approvals/{id}")).Data.GetProperty("can_decide").GetBoolean());
        Assert.Equal(403, (await operatorOne.PostAsync($"/api/v1/approvals/{id}/approve")).Status);
        Assert.Empty((await operatorOne.GetAsync("/api/v1/approvals?mine=true")).Data.EnumerateArray());
        foreach (var approver in new[] { owner, editor, named })
        {
            Assert.Equal(1, (await approver.GetAsync("/api/v1/approvals?mine=true&status=pending")).Data.GetArrayLength());
            Assert.True((await approver.GetAsync($"/api/v1/approvals/{id}")).Data.GetProperty("can_decide").GetBoolean());
        }

        Assert.Equal(200, (await named.PostAsync($"/api/v1/approvals/{id}/approve")).Status);
        Assert.Equal("completed", Text(await owner.EndedAsync(execution), "status"));
    }

    [Fact]
    public async Task Another_tenants_approval_is_not_found()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var execution = await owner.StartAsync(await PublishAsync(owner));
        var id = (await PendingAsync(owner, execution)).GetProperty("approval_id").GetGuid();

        Assert.Equal(404, (await stranger.GetAsync($"/api/v1/approvals/{id}")).Status);
        Assert.Equal(404, (await stranger.PostAsync($"/api/v1/approvals/{id}/approve")).Status);
        Assert.Equal(404, (await stranger.PostAsync("/api/v1/approvals/none/approve")).Status);
        Assert.Empty((await stranger.GetAsync("/api/v1/approvals")).Data.EnumerateArray());
        Assert.Equal("pending", Text((await owner.GetAsync($"/api/v1/approvals/{id}")).Data, "status"));
    }

    [Fact]
    public async Task An_approval_of_an_execution_that_ended_is_closed()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await PublishAsync(member));
        var id = (await PendingAsync(member, execution)).GetProperty("approval_id").GetGuid();
        await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        await member.EndedAsync(execution);

        Assert.Equal("closed", Text((await member.GetAsync($"/api/v1/approvals/{id}")).Data, "status"));
        Assert.Equal(
            (409, "approval.closed"),
            await member.PostAsync($"/api/v1/approvals/{id}/approve") is { } refused ? (refused.Status, refused.Reason) : default
        );
        Assert.Empty((await member.GetAsync("/api/v1/approvals?status=pending")).Data.EnumerateArray());
        Assert.Equal(1, (await member.GetAsync("/api/v1/approvals?status=closed")).Data.GetArrayLength());
    }

    [Fact]
    public async Task A_question_that_nobody_answers_expires()
    {
        var member = await host.RegisterAsync();
        var execution = await member.StartAsync(await PublishAsync(member, expiresIn: 1));
        var ended = await member.EndedAsync(execution);

        Assert.Equal("late", ended.GetProperty("execution_path").EnumerateArray().Last().GetString());
        var approval = (await member.GetAsync("/api/v1/approvals")).Data[0];
        Assert.Equal(("expired", false), (Text(approval, "status"), approval.GetProperty("can_decide").GetBoolean()));
        Assert.Equal(
            "approval.expired",
            (await member.PostAsync($"/api/v1/approvals/{approval.GetProperty("approval_id").GetGuid()}/approve")).Reason
        );
    }

    [Fact]
    public async Task An_approver_whom_nobody_knows_fails_the_node()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var ended = await member.EndedAsync(await member.StartAsync(await PublishAsync(member, new[] { stranger.Email })));

        Assert.Equal("approval.unknown_approver", Text(ended, "error_code"));
        Assert.Empty((await member.GetAsync("/api/v1/approvals")).Data.EnumerateArray());
    }

    private static string? Text(JsonElement value, string name) => value.GetProperty(name).GetString();

    private static Task<Guid> PublishAsync(Member member, string[]? approvers = null, int? expiresIn = null) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                ask = Graphs.Node(
                    "action_approval",
                    new
                    {
                        message = "Refund {{variables.amount ?? 0}}?",
                        approvers,
                        expires_in = expiresIn,
                    }
                ),
                yes = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
                no = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
                late = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
            },
            new[]
            {
                Graphs.Line("start", "ask"),
                Graphs.Line("ask", "yes", "approved"),
                Graphs.Line("ask", "no", "rejected"),
                Graphs.Line("ask", "late", "expired"),
            }
        );

    private static async Task<JsonElement> PendingAsync(Member member, Guid execution)
    {
        JsonElement found = default;
        await Eventually.True(
            async () =>
            {
                found = (await member.GetAsync("/api/v1/approvals?status=pending"))
                    .Data.EnumerateArray()
                    .FirstOrDefault(approval => approval.GetProperty("execution_id").GetGuid() == execution);
                return found.ValueKind == JsonValueKind.Object;
            },
            TimeSpan.FromSeconds(20),
            Ct
        );
        return found;
    }
}
