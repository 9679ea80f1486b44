using System.Text.Json;
using SaaSFlows.Activities.Http;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Http;

public sealed class HttpPreviewTests
{
    [Fact]
    public void Preview_is_the_request_that_would_be_sent_and_sends_none()
    {
        var (preview, run) = Preview(
            """
            {"url":"https://api.example.com/orders#top","method":"PUT","query":{"page":2},"headers":{"X-Trace":"{{n}}"},"body":{"n":"{{n}}"},
            "output_variable":"answer"}
            """
        );

        Json.AssertSame(
            $$$"""
            {
              "request": "PUT https://api.example.com/orders?page=2",
              "headers": { "X-Trace": "7", "Idempotency-Key": "{{{run.IdempotencyKey}}}", "Content-Type": "application/json" },
              "body": { "n": 7 },
              "timeout_seconds": 30
            }
            """,
            preview.Would
        );
        Json.AssertSame("""{"status":200,"headers":{},"body":null}""", Assert.IsType<ActivityResult.Completed>(preview.Result).Output);
        Assert.Equal(JsonValueKind.Null, run.Variables["answer"].ValueKind);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("proxy-authorization")]
    [InlineData("Cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("X-Auth-Token")]
    [InlineData("apikey")]
    [InlineData("X-Hub-Signature-256")]
    [InlineData("clientSecret")]
    [InlineData("DB_PASSWORD")]
    public void What_is_a_secret_by_its_name_is_hidden(string name)
    {
        var (preview, _) = Preview(
            $$$"""{"url":"https://user:hunter2@example.com/?a=1&{{{name}}}=hunter2","headers":{"{{{name}}}":["hunter2","hunter2"]}}"""
        );

        Assert.DoesNotContain("hunter2", preview.Would.GetRawText(), StringComparison.Ordinal);
        Assert.Equal($"GET https://***@example.com/?a=1&{name}=***", preview.Would.GetProperty("request").GetString());
    }

    [Theory]
    [InlineData("X-Keyboard")]
    [InlineData("Author")]
    [InlineData("Tokens-Left")]
    public void What_only_looks_like_one_is_shown(string name)
    {
        var (preview, _) = Preview($$$"""{"url":"https://example.com","headers":{"{{{name}}}":"plain"}}""");

        Assert.Equal("plain", preview.Would.GetProperty("headers").GetProperty(name).GetString());
    }

    [Fact]
    public void Request_that_could_not_be_made_fails_as_it_would()
    {
        var (preview, _) = Preview("""{"url":"ftp://example.com"}""");

        Assert.Equal("http.bad_url", Assert.IsType<ActivityResult.Failed>(preview.Result).Code);
    }

    [Fact]
    public void A_pinned_answer_is_kept_in_the_variable_that_a_real_one_is_kept_in()
    {
        var run = new ActivityRun("""{"url":"https://example.com","output_variable":"answer"}""");
        var http = new HttpActivity(new NoSender());

        http.Pinned(run, "error", Json.Of("""{"body":1}"""));
        Assert.Empty(run.Variables);
        http.Pinned(run, "success", Json.Of("""{"body":{"city":"Bern"}}"""));
        Json.AssertSame("""{"city":"Bern"}""", run.Variables["answer"]);
    }

    private static (Preview Preview, ActivityRun Run) Preview(string config)
    {
        var run = new ActivityRun(config) { Names = Json.Of("""{"n":7}""") };
        return (new HttpActivity(new NoSender()).Preview(run), run);
    }

    private sealed class NoSender : IHttpSender
    {
        public ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct) =>
            throw new InvalidOperationException("A preview sends nothing.");
    }
}
