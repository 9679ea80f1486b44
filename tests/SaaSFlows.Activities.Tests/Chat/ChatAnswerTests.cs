using SaaSFlows.Activities.Chat;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Tests.Chat;

public sealed class ChatAnswerTests
{
    private static readonly UserId Ada = new(Guid.Parse("019a0000-0000-7000-8000-00000000000a"));

    [Theory]
    [InlineData("{}", "anything", true, null)]
    [InlineData("""{"choices":[]}""", "anything", true, null)]
    [InlineData("""{"choices":["Small","Large"]}""", " large ", true, "Large")]
    [InlineData("""{"choices":["Small","Large"]}""", "medium", false, null)]
    [InlineData("""{"user_id":"019a0000-0000-7000-8000-00000000000a"}""", "yes", true, null)]
    [InlineData("""{"user_id":"019a0000-0000-7000-8000-00000000000b"}""", "yes", false, null)]
    [InlineData("""{"user_id":"nobody"}""", "yes", false, null)]
    public void Only_who_was_asked_answers_and_only_with_a_choice(string demands, string text, bool counts, string? choice)
    {
        Assert.Equal(counts, ChatAnswer.IsMeant(Json.Of(demands), Ada, text, out var chosen));
        Assert.Equal(choice, chosen);
    }
}
