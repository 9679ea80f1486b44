using SaaSFlows.Activities.Events;

namespace SaaSFlows.Activities.Tests.Events;

public sealed class EventMatchTests
{
    private const string Event = """
        {"event_type":"order.paid","aggregate_id":"o-1","data":{"order":{"id":7,"lines":[{"sku":"a"}]},"vip":true},"metadata":{"platform":"shop"}}
        """;

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"filters":{}}""", true)]
    [InlineData("""{"filters":{"order.id":7}}""", true)]
    [InlineData("""{"filters":{"order.id":"7"}}""", true)]
    [InlineData("""{"filters":{"order.id":[6,7]}}""", true)]
    [InlineData("""{"filters":{"order.id":[]}}""", false)]
    [InlineData("""{"filters":{"order.id":7,"vip":false}}""", false)]
    [InlineData("""{"filters":{"order.lines.0.sku":"a"}}""", true)]
    [InlineData("""{"filters":{"aggregate_id":"o-1"}}""", true)]
    [InlineData("""{"filters":{"nothing":"x"}}""", false)]
    [InlineData("""{"filters":{"nothing":null}}""", true)]
    [InlineData("""{"platforms":["shop"]}""", true)]
    [InlineData("""{"platforms":["chat"]}""", false)]
    [InlineData("""{"platforms":[]}""", true)]
    public void Filters_and_platforms_must_all_fit(string demands, bool fits) =>
        Assert.Equal(fits, EventMatch.Matches(Json.Of(demands), Json.Of(Event)));
}
