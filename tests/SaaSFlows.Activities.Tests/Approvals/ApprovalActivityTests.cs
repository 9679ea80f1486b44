using SaaSFlows.Activities.Approvals;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Approvals;

public sealed class ApprovalActivityTests
{
    [Theory]
    [InlineData("\"30m\"", 1_800)]
    [InlineData("\"12h\"", 43_200)]
    [InlineData("\"7d\"", 604_800)]
    [InlineData("90", 90)]
    [InlineData("\"90\"", 90)]
    [InlineData("null", null)]
    public async Task Question_is_opened_for_the_bookmark_that_follows(string expiresIn, int? seconds)
    {
        var world = new World();
        var run = new ActivityRun(
            $$$"""{"message":"Refund {{input}}?","approvers":["editor","ada@example.com"],"expires_in":{{{expiresIn}}}}""",
            "7"
        );
        var wait = Assert.IsType<ActivityResult.Suspended>(await run.Of(new ApprovalActivity(world)));

        Assert.Equal("Refund 7?", world.Asked!.Message);
        Assert.Equal((run.NextBookmark, run.IdempotencyKey), (world.Asked.Bookmark, world.Asked.IdempotencyKey));
        Assert.Equal(["editor", "ada@example.com"], world.Asked.Approvers);
        Assert.Equal(seconds is { } given ? run.Now.AddSeconds(given) : null, wait.Due);
        Assert.Equal(("approval", null), (wait.Kind, wait.Key));
    }

    [Theory]
    [InlineData("""{"message":"{{''}}"}""", "approval.bad_message")]
    [InlineData("""{"message":"a","approvers":"{{7}}"}""", "approval.bad_approvers")]
    [InlineData("""{"message":"a","approvers":"{{[]}}"}""", "approval.bad_approvers")]
    [InlineData("""{"message":"a","expires_in":"{{'soon'}}"}""", "approval.bad_expiry")]
    [InlineData("""{"message":"a","expires_in":"{{'400d'}}"}""", "approval.bad_expiry")]
    [InlineData("""{"message":"a","expires_in":"{{'0'}}"}""", "approval.bad_expiry")]
    public async Task What_makes_no_sense_asks_nobody(string config, string code)
    {
        var world = new World();

        Assert.Equal(code, (await new ActivityRun(config).FailedBy(new ApprovalActivity(world))).Code);
        Assert.Null(world.Asked);
    }

    [Fact]
    public async Task Decision_between_two_tries_is_taken_at_once()
    {
        var world = new World { Answer = new ApprovalOpening.Decided(Json.Of("""{"decision":"rejected"}""")) };

        Assert.Equal("rejected", (await new ActivityRun("""{"message":"a"}""").CompletedBy(new ApprovalActivity(world))).Port);
        Assert.Equal(["admin"], world.Asked!.Approvers);
    }

    [Fact]
    public void The_port_is_what_was_decided()
    {
        var (activity, run) = (new ApprovalActivity(new World()), new ActivityRun("{}"));

        Assert.Equal(
            "approved",
            Assert.IsType<ActivityResult.Completed>(activity.Resume(run, new("approval", Json.Of("""{"decision":"approved"}"""), run.Now))).Port
        );
        Assert.Equal("expired", Assert.IsType<ActivityResult.Completed>(activity.Resume(run, new("due", default, run.Now))).Port);
    }

    private sealed class World : IApprovals
    {
        public ApprovalOpening? Answer { get; init; }

        public ApprovalQuestion? Asked { get; private set; }

        public ValueTask<ApprovalOpening> OpenAsync(ExecutionRef execution, ApprovalQuestion question, CancellationToken ct)
        {
            Asked = question;
            return new(Answer ?? new ApprovalOpening.Open(question.ExpiresAt));
        }
    }
}
