using System.Text;
using SaaSFlows.Activities.Http;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Activities.Tests.Http;

public sealed class HttpActivityTests
{
    [Theory]
    [InlineData("""{"headers":{"X A":"1"}}""", "'X A' can't be the name of a header")]
    [InlineData("""{"headers":{"X-A":{}}}""", "headers.X-A must be text")]
    [InlineData("""{"headers":{"content-type":"text/plain; charset=klingon"},"body":"x"}""", "The charset 'klingon'")]
    [InlineData("""{"headers":{"Content-Type":"application/x-www-form-urlencoded"},"body":{"a":{"b":1}}}""", "body.a must be text")]
    public void Request_that_can_only_fail_is_refused(string config, string problem)
    {
        Assert.Contains(problem, Assert.Single(HttpRequestRules.Problems(Json.Of(config))), StringComparison.Ordinal);
        Assert.Empty(HttpRequestRules.Problems(Json.Of("""{"headers":{"X-{{ name }}":"1"},"body":{"a":{"b":"{{ x }}"}}}""")));
    }

    [Fact]
    public async Task Request_is_what_the_configuration_says()
    {
        var (_, call) = await Send(
            """
            {
              "url": " https://api.example.com/orders?page=1#top ",
              "method": "POST",
              "query": { "q": "a&b ü", "tag": ["x", "y"], "n": 5, "none": null },
              "headers": { "X-Number": 7, "X-Flag": true },
              "body": { "total": 5.0 },
              "timeout_seconds": 2.5
            }
            """
        );

        Assert.Equal("POST", call.Method);
        Assert.Equal("https://api.example.com/orders?page=1&q=a%26b%20%C3%BC&tag=x&tag=y&n=5#top", call.Url.AbsoluteUri);
        Assert.Equal([new("X-Number", "7"), new("X-Flag", "true"), new("Idempotency-Key", Key)], call.Headers);
        Assert.Equal(("""{ "total": 5.0 }""", "application/json"), (Text(call), call.ContentType));
        Assert.Equal(TimeSpan.FromSeconds(2.5), call.Timeout);
    }

    [Fact]
    public async Task Templates_keep_their_types_in_body_and_query_and_leave_out_null_headers()
    {
        var (_, call) = await Send(
            """
            {
              "url": "https://{{'api'}}.example.com",
              "method": "POST",
              "query": "{{ {page: 1 + 1} }}",
              "headers": { "X-None": "{{null}}" },
              "body": { "total": "{{2 * 2.5}}", "tags": "{{['a']}}", "text": "n={{1}}" }
            }
            """
        );

        Assert.Equal("https://api.example.com/?page=2", call.Url.AbsoluteUri);
        Assert.DoesNotContain(call.Headers, header => header.Key == "X-None");
        Json.AssertSame("""{"total":5,"tags":["a"],"text":"n=1"}""", Json.Of(Text(call)));
    }

    [Fact]
    public async Task Defaults_are_get_no_body_and_half_a_minute()
    {
        var (_, call) = await Send("""{"url":"https://example.com"}""");

        Assert.Equal(("GET", null, null, TimeSpan.FromSeconds(30)), (call.Method, call.Body, call.ContentType, call.Timeout));
    }

    [Fact]
    public async Task Key_that_the_author_gave_is_kept()
    {
        var (_, call) = await Send("""{"url":"https://example.com","headers":{"idempotency-key":"mine"}}""");

        Assert.Equal([new("idempotency-key", "mine")], call.Headers);
    }

    [Theory]
    [InlineData("""{"a":1}""", "application/json", """{"a":1}""")]
    [InlineData("[1]", "application/json", "[1]")]
    [InlineData("5", "application/json", "5")]
    [InlineData("\"{\\\"a\\\":1}\"", "application/json", """{"a":1}""")]
    [InlineData("\" [1] \"", "application/json", " [1] ")]
    [InlineData("\"{not json\"", "text/plain; charset=utf-8", "{not json")]
    [InlineData("\"5\"", "text/plain; charset=utf-8", "5")]
    [InlineData("\"grüß\"", "text/plain; charset=utf-8", "grüß")]
    public async Task Body_decides_its_content_type(string body, string contentType, string sent)
    {
        var (_, call) = await Send($$"""{"url":"https://example.com","method":"POST","body":{{body}}}""");

        Assert.Equal((contentType, sent), (call.ContentType, Text(call)));
    }

    [Fact]
    public async Task Content_type_that_the_author_gave_wins()
    {
        var (_, call) = await Send(
            """{"url":"https://example.com","method":"POST","body":"a=1","headers":{"content-type":"application/x-www-form-urlencoded"}}"""
        );

        Assert.Equal("application/x-www-form-urlencoded", call.ContentType);
        Assert.DoesNotContain(call.Headers, header => header.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("""{"url":"example.com"}""", "http.bad_url", "example.com")]
    [InlineData("""{"url":"/orders"}""", "http.bad_url", "/orders")]
    [InlineData("""{"url":"file:///etc/passwd"}""", "http.bad_url", "file:")]
    [InlineData("""{"url":"ftp://example.com"}""", "http.bad_url", "ftp:")]
    [InlineData("""{"url":"https://"}""", "http.bad_url", "https://")]
    [InlineData("""{"url":""}""", "http.bad_url", "''")]
    [InlineData("""{"url":"https://example.com","headers":"X: 1"}""", "http.bad_request", "headers")]
    [InlineData("""{"url":"https://example.com","headers":{"X":{}}}""", "http.bad_request", "headers.X")]
    [InlineData("""{"url":"https://example.com","query":{"X":[[1]]}}""", "http.bad_request", "query.X")]
    public async Task Request_that_makes_no_sense_is_not_sent(string config, string code, string shown)
    {
        var sender = new RecordingSender();

        var failure = await new ActivityRun(config).FailedBy(new HttpActivity(sender));

        Assert.Equal((code, false), (failure.Code, failure.Retryable));
        Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
        Assert.Empty(sender.Calls);
    }

    [Theory]
    [InlineData("application/json", """{"a":1}""", "auto", """{"a":1}""")]
    [InlineData("application/problem+json; charset=utf-8", "[1]", "auto", "[1]")]
    [InlineData("text/plain", """{"a":1}""", "auto", "\"{\\\"a\\\":1}\"")]
    [InlineData("application/json", "", "auto", "null")]
    [InlineData("text/plain", """{"a":1}""", "json", """{"a":1}""")]
    [InlineData(null, "\uFEFF[1]", "json", "[1]")]
    [InlineData("application/json", "", "json", "null")]
    [InlineData("application/json", """{"a":1}""", "text", "\"{\\\"a\\\":1}\"")]
    [InlineData("text/plain", "", "text", "\"\"")]
    public async Task Response_is_read_as_wanted(string? contentType, string body, string wanted, string expected)
    {
        var (result, _) = await Send(
            $$"""{"url":"https://example.com","response_type":"{{wanted}}","output_variable":"answer"}""",
            Response(200, body, contentType)
        );

        var completed = Assert.IsType<ActivityResult.Completed>(result);
        Assert.Equal("success", completed.Port);
        Json.AssertSame(expected, completed.Output.At("body"));
    }

    [Theory]
    [InlineData("application/json", "oops", "auto")]
    [InlineData("application/json", """{"a":""", "auto")]
    [InlineData("text/plain", "oops", "json")]
    public async Task What_says_that_it_is_JSON_and_is_none_is_an_error(string contentType, string body, string wanted)
    {
        var (result, _) = await Send($$"""{"url":"https://example.com","response_type":"{{wanted}}"}""", Response(200, body, contentType));

        Assert.Equal("http.not_json", Assert.IsType<ActivityResult.Failed>(result).Code);
    }

    [Fact]
    public async Task Output_has_status_headers_and_body_and_the_variable_has_the_body()
    {
        var run = new ActivityRun("""{"url":"https://api.example.com/hook/s3cret?key=s3cret","output_variable":"answer"}""");
        var sender = new RecordingSender
        {
            Answer = new HttpAnswer.Response(201, [new("Content-Type", "application/json"), new("X-A", "1"), new("x-a", "2")], Bytes("[5]")),
        };

        var result = await run.CompletedBy(new HttpActivity(sender));

        Json.AssertSame("""{"status":201,"headers":{"content-type":"application/json","x-a":"1, 2"},"body":[5]}""", result.Output);
        Json.AssertSame("[5]", run.Variables["answer"]);
        Assert.Equal(["GET api.example.com: 201, 3 bytes."], run.Logs);
    }

    [Fact]
    public async Task Latin_text_is_read_in_its_own_encoding()
    {
        var answer = new HttpAnswer.Response(200, [new("content-type", "text/plain; charset=iso-8859-1")], Encoding.Latin1.GetBytes("grüß"));

        var (result, _) = await Send("""{"url":"https://example.com"}""", answer);

        Json.AssertSame("\"grüß\"", Assert.IsType<ActivityResult.Completed>(result).Output.At("body"));
    }

    [Fact]
    public async Task Text_is_read_by_the_charset_that_the_answer_names()
    {
        foreach (var (charset, text) in new[] { ("windows-1252", "5 €"), ("utf-16", "grüß"), ("Shift_JIS", "日本"), ("\"utf-8\"", "日本") })
        {
            var bytes = Charsets.Find(charset)!.GetBytes(text);
            var (result, _) = await Send(
                """{"url":"https://example.com"}""",
                new HttpAnswer.Response(200, [new("content-type", $"text/plain; charset={charset}")], bytes)
            );

            Assert.Equal(text, Assert.IsType<ActivityResult.Completed>(result).Output.At("body").GetString());
        }
    }

    [Theory]
    [InlineData("image/png", new byte[] { 0x89, 0x50, 0xff, 0xfe })]
    [InlineData("text/plain", new byte[] { 0x67, 0xfc })]
    [InlineData("text/plain; charset=shift_jis", new byte[] { 0x81 })]
    [InlineData("text/plain; charset=made-up", new byte[] { 0x67 })]
    public async Task Body_that_can_t_be_read_as_text_is_an_error(string contentType, byte[] body)
    {
        var (result, _) = await Send(
            """{"url":"https://example.com","output_variable":"answer"}""",
            new HttpAnswer.Response(200, [new("content-type", contentType)], body)
        );

        var failure = Assert.IsType<ActivityResult.Failed>(result);
        Assert.Equal(("http.not_text", false), (failure.Code, failure.Retryable));
        Assert.Contains(contentType, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"Ada & Bob","tags":["x","y"],"n":5,"yes":true,"none":null}""", "name=Ada+%26+Bob&tags=x&tags=y&n=5&yes=true")]
    [InlineData("{}", "")]
    [InlineData("\"{\\\"name\\\":\\\"Ada & Bob\\\"}\"", "name=Ada+%26+Bob")]
    [InlineData("\"[1]\"", "[1]")]
    [InlineData("\"{\\\"a\\\":{\\\"b\\\":1}}\"", "{\"a\":{\"b\":1}}")]
    public async Task Object_under_a_form_type_is_sent_as_a_form(string body, string sent)
    {
        var (_, call) = await Send(
            $$$"""{"url":"https://example.com","method":"POST","body":{{{body}}},"headers":{"Content-Type":"application/x-www-form-urlencoded"}}"""
        );

        Assert.Equal(("application/x-www-form-urlencoded", sent), (call.ContentType, Text(call)));
    }

    [Fact]
    public async Task Object_under_multipart_is_sent_in_parts_that_no_value_can_end()
    {
        var (_, call) = await Send(
            """
            {"url":"https://example.com","method":"POST","body":{"a\"b":"--x\r\n","n":[1,2]},
            "headers":{"content-type":"multipart/form-data; boundary=x"}}
            """
        );

        var boundary = call.ContentType!.Split("boundary=")[1];
        Assert.Equal(64, boundary.Length);
        Assert.Equal(
            string.Join(
                "\r\n",
                $"--{boundary}",
                "Content-Disposition: form-data; name=\"a%22b\"",
                "",
                "--x\r\n",
                $"--{boundary}",
                "Content-Disposition: form-data; name=\"n\"",
                "",
                "1",
                $"--{boundary}",
                "Content-Disposition: form-data; name=\"n\"",
                "",
                "2",
                $"--{boundary}--",
                ""
            ),
            Text(call)
        );
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", """{"a":{"b":1}}""", "body.a")]
    [InlineData("multipart/form-data", """[1]""", "body")]
    [InlineData("text/plain; charset=iso-8859-1", "\"日本\"", "iso-8859-1")]
    [InlineData("text/plain; charset=made-up", "\"x\"", "made-up")]
    public async Task Body_that_its_content_type_can_t_carry_is_not_sent(string contentType, string body, string shown)
    {
        var sender = new RecordingSender();
        var failure = await new ActivityRun(
            $$$"""{"url":"https://example.com","method":"POST","body":{{{body}}},"headers":{"Content-Type":"{{{contentType}}}"}}"""
        ).FailedBy(new HttpActivity(sender));

        Assert.Equal("http.bad_request", failure.Code);
        Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
        Assert.Empty(sender.Calls);
    }

    [Fact]
    public async Task Text_is_sent_in_the_charset_that_its_content_type_names()
    {
        var (_, call) = await Send(
            """{"url":"https://example.com","method":"POST","body":"grüß","headers":{"Content-Type":"text/plain; charset=iso-8859-1"}}"""
        );

        Assert.Equal(Encoding.Latin1.GetBytes("grüß"), call.Body!.Value.ToArray());
    }

    [Theory]
    [InlineData(503, "120", null, 120)]
    [InlineData(429, "0", null, 0)]
    [InlineData(503, "Sat, 21 Nov 2026 12:00:30 GMT", "Sat, 21 Nov 2026 12:00:10 GMT", 20)]
    [InlineData(503, "Sat, 21 Nov 2026 12:00:30 GMT", null, 30)]
    [InlineData(503, "soon", null, null)]
    [InlineData(503, "-5", null, null)]
    [InlineData(400, "120", null, null)]
    public async Task Retry_after_is_what_the_other_side_asks(int status, string retryAfter, string? date, int? seconds)
    {
        var headers = new List<KeyValuePair<string, string>> { new("retry-after", retryAfter) };
        headers.AddRange(date is null ? [] : [new("Date", date)]);
        var (result, _) = await Send("""{"url":"https://example.com"}""", new HttpAnswer.Response(status, headers, Bytes("")));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, Assert.IsType<ActivityResult.Failed>(result).RetryAfter);
    }

    [Fact]
    public async Task Response_that_had_to_be_json_and_is_not_fails_with_what_came()
    {
        var (result, _) = await Send("""{"url":"https://example.com","response_type":"json"}""", Response(200, "<html>", "text/html"));

        var failure = Assert.IsType<ActivityResult.Failed>(result);
        Assert.Equal(("http.not_json", false), (failure.Code, failure.Retryable));
        Json.AssertSame("\"<html>\"", failure.Detail.At("body"));
    }

    [Theory]
    [InlineData(304, false)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(409, false)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(599, true)]
    [InlineData(999, false)]
    public async Task Other_status_fails_with_the_response_and_says_whether_a_retry_can_help(int status, bool retryable)
    {
        var (result, _) = await Send("""{"url":"https://example.com","response_type":"json"}""", Response(status, "\"why\"", "application/json"));

        var failure = Assert.IsType<ActivityResult.Failed>(result);
        Assert.Equal(("http.status", retryable), (failure.Code, failure.Retryable));
        Assert.Contains($"{status}", failure.Message, StringComparison.Ordinal);
        Json.AssertSame($$"""{"status":{{status}},"headers":{"content-type":"application/json"},"body":"why"}""", failure.Detail);
    }

    [Fact]
    public async Task Request_without_an_answer_fails_as_the_sender_says()
    {
        var (result, _) = await Send(
            """{"url":"https://example.com"}""",
            new HttpAnswer.Failed("outbound.timeout", "No answer in time.", Retryable: true)
        );

        Assert.Equal(new ActivityResult.Failed("outbound.timeout", "No answer in time.", Retryable: true), result);
    }

    [Fact]
    public void Neither_request_nor_response_shows_its_content_as_text()
    {
        var call = new HttpCall("GET", new Uri("https://example.com/s3cret"), [new("Authorization", "s3cret")], null, null, TimeSpan.Zero);

        Assert.DoesNotContain("s3cret", call.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", new HttpAnswer.Response(200, [new("Set-Cookie", "s3cret")], default).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url":"https://x","retry_count":3}""", 4, "exponential")]
    [InlineData("""{"url":"https://x"}""", 1, "fixed")]
    public void Retry_count_is_the_retry_policy_of_a_node_without_its_own(string config, int attempts, string backoff)
    {
        var policy = BuiltIn.Descriptor("action_http").RetryFor(Json.Of(config));

        Assert.Equal((attempts, backoff), (policy.MaxAttempts, policy.Backoff));
    }

    [Theory]
    [InlineData("""{"url":"{{variables.base}}/x","headers":{"A":"{{b}}"},"body":{"a":"{{b}}"}}""", true)]
    [InlineData("""{"url":"https://x","headers":"{{variables.h}}"}""", true)]
    [InlineData("""{"url":"https://x","method":"TRACE"}""", false)]
    [InlineData("""{"url":"https://x","timeout_seconds":301}""", false)]
    [InlineData("""{"url":"https://x","retry_count":20}""", false)]
    [InlineData("""{"url":"https://x","headers":{"A":[]}}""", false)]
    [InlineData("""{"url":"https://x","credential":"slack"}""", false)]
    [InlineData("{}", false)]
    public void Configuration_is_checked_before_publish(string config, bool valid) =>
        Assert.Equal(valid, ConfigSchema.Compile(BuiltIn.Descriptor("action_http").ConfigSchema).Check(Json.Of(config)).Errors.Count == 0);

    private static string Key => new ActivityRun("{}").IdempotencyKey;

    private static async Task<(ActivityResult Result, HttpCall Call)> Send(string config, HttpAnswer? answer = null)
    {
        var sender = new RecordingSender { Answer = answer ?? Response(200, "", null) };
        var result = await new ActivityRun(config).Of(new HttpActivity(sender));
        return (result, Assert.Single(sender.Calls));
    }

    private static HttpAnswer.Response Response(int status, string body, string? contentType) =>
        new(status, contentType is null ? [] : [new("Content-Type", contentType)], Bytes(body));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(HttpCall call) => Encoding.UTF8.GetString(call.Body!.Value.Span);

    private sealed class RecordingSender : IHttpSender
    {
        public List<HttpCall> Calls { get; } = [];

        public HttpAnswer Answer { get; init; } = Response(200, "", null);

        public ValueTask<HttpAnswer> SendAsync(ExecutionRef execution, HttpCall call, CancellationToken ct)
        {
            Calls.Add(call);
            return new(Answer);
        }
    }
}
