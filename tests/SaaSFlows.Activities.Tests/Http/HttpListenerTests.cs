using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SaaSFlows.Activities.Http;
using SaaSFlows.Outbound;

namespace SaaSFlows.Activities.Tests.Http;

/// <summary>The activity against a server that listens, through the product's own way out.</summary>
public sealed class HttpListenerTests : IAsyncLifetime
{
    private readonly WebApplication server;
    private readonly OutboundHttp open = new(new OutboundOptions { AllowPrivateNetworks = true }, TimeProvider.System);

    public HttpListenerTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        server = builder.Build();
        server.Map(
            "/echo",
            async (HttpRequest request) =>
                Results.Json(
                    new
                    {
                        method = request.Method,
                        query = request.QueryString.Value,
                        key = request.Headers["Idempotency-Key"].ToString(),
                        type = request.ContentType,
                        body = await new StreamReader(request.Body).ReadToEndAsync(),
                    }
                )
        );
        server.Map("/busy", () => Results.Json(new { wait = true }, statusCode: 503));
        server.Map("/silent", async (HttpRequest request) => await new TaskCompletionSource().Task.WaitAsync(request.HttpContext.RequestAborted));
    }

    public async ValueTask InitializeAsync() => await server.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        open.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Request_arrives_as_written_and_the_answer_comes_back()
    {
        var run = Run("/echo", """, "method": "PUT", "query": { "q": "a b" }, "body": { "n": "{{1 + 1}}" }""");

        var result = await run.CompletedBy(new HttpActivity(new OutboundSender(open)));

        Json.AssertSame(
            $$"""{"method":"PUT","query":"?q=a%20b","key":"{{run.IdempotencyKey}}","type":"application/json","body":"{\"n\":2}"}""",
            result.Output.At("body")
        );
        Json.AssertSame("200", result.Output.At("status"));
    }

    [Fact]
    public async Task Busy_server_is_worth_a_retry_and_its_answer_is_kept()
    {
        var failure = await Run("/busy").FailedBy(new HttpActivity(new OutboundSender(open)));

        Assert.Equal(("http.status", true), (failure.Code, failure.Retryable));
        Json.AssertSame("""{"wait":true}""", failure.Detail.At("body"));
    }

    [Fact]
    public async Task Server_that_does_not_answer_in_time_is_worth_a_retry()
    {
        var failure = await Run("/silent", """, "timeout_seconds": 1""").FailedBy(new HttpActivity(new OutboundSender(open)));

        Assert.Equal(("outbound.timeout", true), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task Own_network_is_closed_and_the_failure_is_final()
    {
        using var closed = new OutboundHttp(new OutboundOptions(), TimeProvider.System);

        var failure = await Run("/echo").FailedBy(new HttpActivity(new OutboundSender(closed)));

        Assert.Equal(("outbound.address_blocked", false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task Header_that_would_split_the_request_is_refused()
    {
        var failure = await Run("/echo", """, "headers": { "X-A": "1\r\nX-B: 2" }""").FailedBy(new HttpActivity(new OutboundSender(open)));

        Assert.StartsWith("outbound.", failure.Code, StringComparison.Ordinal);
        Assert.False(failure.Retryable);
    }

    [Fact]
    public async Task Cancelled_run_does_not_wait_for_the_answer()
    {
        using var cancel = new CancellationTokenSource();
        var activity = new HttpActivity(new OutboundSender(open));

        var running = activity.ExecuteAsync(Run("/silent"), cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private ActivityRun Run(string path, string more = "") => new($$"""{"url":"{{server.Urls.First()}}{{path}}"{{more}}}""");
}
