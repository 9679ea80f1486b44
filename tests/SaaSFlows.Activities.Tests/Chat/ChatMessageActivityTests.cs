using SaaSFlows.Activities.Chat;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Tests.Chat;

public sealed class ChatMessageActivityTests
{
    [Fact]
    public async Task Message_goes_to_the_workflows_channel_with_the_runs_key()
    {
        var chat = new RecordingChat();
        var run = new ActivityRun("""{"message_template":"Hello, {{username}}!"}""") { Names = Json.Of("""{"username":"Ada"}""") };

        var result = await run.CompletedBy(new ChatMessageActivity(chat));

        Assert.Equal([(new EntityId(123), "Hello, Ada!", run.IdempotencyKey)], chat.Sent);
        Assert.Equal("success", result.Port);
        Json.AssertSame(
            """{"message_id":42,"channel_id":123,"message":"Hello, Ada!","text":"Hello, Ada!","sent_at":"2026-11-21T12:00:00Z"}""",
            result.Output
        );
    }

    [Fact]
    public void Preview_is_the_message_and_its_channel_and_sends_none()
    {
        var chat = new RecordingChat();
        var run = new ActivityRun("""{"message_template":"Hello, {{username}}!"}""") { Names = Json.Of("""{"username":"Ada"}""") };

        var preview = new ChatMessageActivity(chat).Preview(run);

        Assert.Empty(chat.Sent);
        Json.AssertSame("""{"message":"Hello, Ada!","channel_id":123}""", preview.Would);
        Json.AssertSame(
            """{"message_id":null,"channel_id":123,"message":"Hello, Ada!","text":"Hello, Ada!","sent_at":"2026-11-21T12:00:00Z"}""",
            Assert.IsType<ActivityResult.Completed>(preview.Result).Output
        );
    }

    [Theory]
    [InlineData("9")]
    [InlineData("\"9\"")]
    public async Task Specified_channel_gets_the_message(string channel)
    {
        var chat = new RecordingChat();

        await new ActivityRun($$"""{"message_template":"Hi","destination":"specified_channel","channel_id":{{channel}}}""").CompletedBy(
            new ChatMessageActivity(chat)
        );

        Assert.Equal(new EntityId(9), Assert.Single(chat.Sent).Channel);
    }

    [Theory]
    [InlineData("""{"message_template":""}""", "chat.empty_message", "message_template")]
    [InlineData("""{"message_template":"a\u0000b"}""", "chat.bad_character", "U+0000")]
    [InlineData("""{"message_template":"{{null}}"}""", "chat.empty_message", "message_template")]
    [InlineData("""{"message_template":" \n "}""", "chat.empty_message", "message_template")]
    [InlineData("""{"message_template":"Hi","destination":"specified_channel","channel_id":"lobby"}""", "chat.bad_channel", "lobby")]
    [InlineData("""{"message_template":"Hi","destination":"specified_channel","channel_id":"-1"}""", "chat.bad_channel", "-1")]
    [InlineData("""{"message_template":"Hi","destination":"specified_channel","channel_id":1.5}""", "chat.bad_channel", "1.5")]
    public async Task Message_that_cannot_be_sent_fails_for_good_and_nothing_is_written(string config, string code, string shown)
    {
        var chat = new RecordingChat();

        var failure = await new ActivityRun(config).FailedBy(new ChatMessageActivity(chat));

        Assert.Equal((code, false), (failure.Code, failure.Retryable));
        Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
        Assert.Empty(chat.Sent);
    }

    [Theory]
    [InlineData(4_000, true)]
    [InlineData(4_001, false)]
    public async Task Message_has_at_most_4000_characters_and_is_never_cut(int length, bool sent)
    {
        var chat = new RecordingChat();

        var result = await new ActivityRun($$"""{"message_template":"{{new string('x', length)}}"}""").Of(new ChatMessageActivity(chat));

        Assert.Equal(sent, chat.Sent.Count == 1);
        Assert.Equal(sent, result is not ActivityResult.Failed { Code: "chat.message_too_long" });
    }

    [Fact]
    public async Task Refusal_of_the_chat_is_the_nodes_failure()
    {
        var chat = new RecordingChat { Answer = new ChatSendResult.Failed("chat.channel_not_found", "No such channel.", Retryable: false) };

        var failure = await new ActivityRun("""{"message_template":"Hi"}""").FailedBy(new ChatMessageActivity(chat));

        Assert.Equal(new ActivityResult.Failed("chat.channel_not_found", "No such channel.", Retryable: false), failure);
    }

    [Theory]
    [InlineData("""{"message_template":"Hi"}""", true)]
    [InlineData("""{"message_template":"Hi","destination":"specified_channel","channel_id":5}""", true)]
    [InlineData("""{"message_template":"Hi","destination":"specified_channel"}""", false)]
    [InlineData("""{"message_template":"Hi","destination":"user_pm"}""", false)]
    [InlineData("{}", false)]
    public void Configuration_is_checked_before_publish(string config, bool valid) =>
        Assert.Equal(valid, ConfigSchema.Compile(BuiltIn.Descriptor("action_chat_message").ConfigSchema).Check(Json.Of(config)).Errors.Count == 0);

    private sealed class RecordingChat : IChatSender
    {
        public List<(EntityId Channel, string Text, string Key)> Sent { get; } = [];

        public ChatSendResult Answer { get; init; } = new ChatSendResult.Sent(42, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

        public ValueTask<ChatSendResult> SendAsync(ExecutionRef execution, EntityId channel, string text, string idempotencyKey, CancellationToken ct)
        {
            Sent.Add((channel, text, idempotencyKey));
            return new(Answer);
        }
    }
}
