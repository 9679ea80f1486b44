using SaaSFlows.Activities.Triggers;

namespace SaaSFlows.Activities.Tests.Triggers;

public sealed class CommandMatchTests
{
    [Theory]
    [InlineData("!test", "")]
    [InlineData("  !test  ", "")]
    [InlineData("!test one two", "one|two")]
    [InlineData("!test\tone\n  two ", "one|two")]
    [InlineData("!TEST Über", "Über")]
    [InlineData("!test !test", "!test")]
    [InlineData("!testing", null)]
    [InlineData("!tes", null)]
    [InlineData("say !test", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    public void Message_starts_the_trigger_if_its_first_word_is_the_command(string message, string? args) =>
        Assert.Equal(args, Match("""{"command_pattern":"!test"}""", message));

    [Theory]
    [InlineData("""{"command_pattern":"!Test","case_sensitive":true}""", "!test", null)]
    [InlineData("""{"command_pattern":"!Test","case_sensitive":true}""", "!Test a", "a")]
    [InlineData("""{"command_pattern":"!song add"}""", "!song add Queen", "Queen")]
    [InlineData("""{"command_pattern":"!song add"}""", "!song addition", null)]
    [InlineData("""{"command_pattern":"!t","message_min_length":5}""", "!t a ", null)]
    [InlineData("""{"command_pattern":"!t","message_min_length":4}""", "!t a", "a")]
    [InlineData("""{"command_pattern":""}""", "anything", null)]
    [InlineData("""{"command_pattern":7}""", "7", null)]
    [InlineData("""{"command_pattern":"!gr\u00fc\u00df"}""", "!gru\u0308\u00df u\u0308ber", "u\u0308ber")]
    [InlineData("{}", "anything", null)]
    [InlineData("null", "anything", null)]
    public void Configuration_decides_what_matches(string config, string message, string? args) => Assert.Equal(args, Match(config, message));

    [Theory]
    [InlineData("\"require_mod\":true", "editor")]
    [InlineData("\"require_mod\":\"true\"", "editor")]
    [InlineData("\"require_mod\":false", null)]
    [InlineData("\"require_mod\":null", null)]
    [InlineData("\"require_bot_owner\":true", "admin")]
    [InlineData("\"require_permission\":\"operator\"", "operator")]
    [InlineData("\"require_permission\":\"publish:workflows\"", "publish:workflows")]
    [InlineData("\"require_permission\":\"moderator\"", "moderator")]
    [InlineData("\"require_permission\":\"everyone\"", null)]
    [InlineData("\"require_permission\":\"\"", null)]
    public void Demand_on_the_author_must_be_fulfilled(string field, string? demand)
    {
        var config = Json.Of($$"""{"command_pattern":"!test",{{field}}}""");

        Assert.NotNull(CommandMatch.TryMatch(config, "!test", "web_chat", asked => asked == demand));
        Assert.Equal(demand is null, CommandMatch.TryMatch(config, "!test", "web_chat", _ => false) is not null);
    }

    [Theory]
    [InlineData("[]", true)]
    [InlineData("[\"discord\",\"web_chat\"]", true)]
    [InlineData("[\"discord\"]", false)]
    [InlineData("null", true)]
    public void Command_is_heard_on_its_platforms_only(string platforms, bool starts) =>
        Assert.Equal(starts, Match($$"""{"command_pattern":"!test","platforms":{{platforms}}}""", "!test") is not null);

    private static string? Match(string config, string message) =>
        CommandMatch.TryMatch(Json.Of(config), message, "web_chat", _ => true) is { } args ? string.Join('|', args) : null;
}
