using SaaSFlows.Activities.Data;

namespace SaaSFlows.Activities.Tests.Data;

public sealed class UuidActivityTests
{
    private readonly UuidActivity _uuid = new();

    [Fact]
    public async Task Puts_out_an_id_of_its_run()
    {
        var run = new ActivityRun("{}");

        var done = await run.CompletedBy(_uuid);

        Assert.Equal("output", done.Port);
        Assert.Equal(4, Guid.Parse(done.Output.GetProperty("uuid").GetString()!).Version);
        Assert.Equal(1, run.Ids);
        Assert.Empty(run.Variables);
    }

    [Fact]
    public async Task Sets_the_variable_that_the_author_names()
    {
        var run = new ActivityRun("""{ "output_variable": "order_id" }""");

        var done = await run.CompletedBy(_uuid);

        Assert.Equal(done.Output.GetProperty("uuid").GetString(), run.Variables["order_id"].GetString());
    }
}
