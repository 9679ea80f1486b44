using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>An id follows from its place alone: a replay makes the same, and no other place does.</summary>
public sealed class RunIdsTests
{
    private static readonly ExecutionId Execution = new(Guid.Parse("019a0000-0000-7000-8000-000000000001"));
    private static readonly NodeId Node = new("a");

    [Fact]
    public void The_same_place_makes_the_same_id() =>
        Assert.Equal(RunIds.Id(Execution, "each[1]", Node, 2, 3), RunIds.Id(Execution, "each[1]", Node, 2, 3));

    [Fact]
    public void Every_other_place_makes_another_id()
    {
        Guid[] ids =
        [
            RunIds.Id(Execution, "", Node, 0, 0),
            RunIds.Id(Execution, "", Node, 0, 1),
            RunIds.Id(Execution, "", Node, 1, 0),
            RunIds.Id(Execution, "", new("b"), 0, 0),
            RunIds.Id(Execution, "each[0]", Node, 0, 0),
            RunIds.Id(new(Guid.Parse("019a0000-0000-7000-8000-000000000002")), "", Node, 0, 0),
            RunIds.Bookmark(Execution, "", Node, 0, 0).Value,
        ];

        Assert.Distinct(ids);
        Assert.All(ids[..^1], id => Assert.Equal(4, id.Version));
    }
}
