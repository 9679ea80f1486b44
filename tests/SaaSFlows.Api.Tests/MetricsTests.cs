using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>What Prometheus reads.</summary>
public sealed class MetricsTests(MetricsTests.Host host) : IClassFixture<MetricsTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Executions_are_counted_by_how_they_ended()
    {
        var owner = await host.RegisterAsync();
        var before = await ScrapeAsync();
        await owner.EndedAsync(await owner.StartAsync(await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)));

        // What is committed is counted a moment later.
        const string Ended = """saasflows_executions_ended_total{status="completed"}""";
        await Eventually.True(async () => Value(await ScrapeAsync(), Ended) > Value(before, Ended), TimeSpan.FromSeconds(20), Ct);
        var after = await ScrapeAsync();
        Assert.Equal(1, Value(after, "saasflows_executions_started_total") - Value(before, "saasflows_executions_started_total"));
        Assert.Equal(Value(after, Ended), Value(after, """saasflows_execution_duration_seconds_bucket{status="completed",le="+Inf"}"""));
        Assert.Contains("# TYPE saasflows_execution_duration_seconds histogram\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_are_labelled_by_route_and_never_by_what_they_name()
    {
        var owner = await host.RegisterAsync();
        var id = Guid.NewGuid();
        await owner.GetAsync($"/api/v1/workflows/{id}");
        await owner.GetAsync($"/no/such/{id}");

        var text = await ScrapeAsync();
        Assert.True(
            Value(
                text,
                """http_server_request_duration_seconds_count{http_request_method="GET",http_route="/api/v1/workflows/{workflow_id}","""
                    + """http_response_status_code="404"}"""
            ) >= 1
        );
        Assert.DoesNotContain($"{id}", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"{owner.Tenant}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_pool_and_worker_are_shown()
    {
        var text = await ScrapeAsync();

        foreach (var name in new[] { "queue", "inbox", "endings", "timers" })
        {
            Assert.Equal(0, Value(text, $"saasflows_{name}_depth"));
            Assert.Equal(0, Value(text, $"saasflows_{name}_oldest_age_seconds"));
        }

        Assert.True(Value(text, "saasflows_worker_slots") >= 32);
        Assert.Equal(0, Value(text, "saasflows_executions_waiting_for_slot"));
        Assert.Contains("db_client_connection_count{", text, StringComparison.Ordinal);
        Assert.Contains("pool_name=\"engine\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Host=", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Streams_are_counted_while_they_are_open()
    {
        var owner = await host.RegisterAsync();
        using (await owner.Http.GetAsync($"/api/v1/chat/{owner.Entity}/stream", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            Assert.Equal(1, Value(await ScrapeAsync(), """saasflows_streams_open{kind="sse"}"""));
        }

        await Eventually.True(async () => Value(await ScrapeAsync(), """saasflows_streams_open{kind="sse"}""") == 0, TimeSpan.FromSeconds(20), Ct);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Without_a_token_nobody_reads_through_a_proxy(string header, string value)
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Add(header, value);

        Assert.Equal("metrics.closed", (await Answer.FromAsync(await client.GetAsync("/metrics", Ct))).Reason);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var meter = host.Services.GetRequiredService<IMeterFactory>().Create("SaaSFlows.Allocation");
        var (counter, histogram) = (meter.CreateCounter<long>("test.allocation"), meter.CreateHistogram<double>("test.allocation.time", "s"));
        var tag = new KeyValuePair<string, object?>("status", "completed");
        Count();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            Count();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Count()
        {
            counter.Add(1, tag);
            histogram.Record(0.1, tag);
        }
    }

    [Fact]
    public async Task A_label_that_grows_without_bound_ends_in_one_series()
    {
        var counter = host.Services.GetRequiredService<IMeterFactory>().Create("SaaSFlows.Overflow").CreateCounter<long>("test.overflow");
        for (var i = 0; i < 2_100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("status", $"{i}\"\n\\"));
            counter.Add(1, new KeyValuePair<string, object?>("tenant_id", $"{i}"));
        }

        var lines = (await ScrapeAsync()).Split('\n').Where(line => line.StartsWith("test_overflow_total", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 2_000, 2_001);
        Assert.Contains("test_overflow_total{status=\"7\\\"\\n\\\\\"} 1", lines);
        Assert.Contains("test_overflow_total 2100", lines);
        Assert.Contains(lines, line => line.StartsWith("test_overflow_total{overflow=\"true\"} 10", StringComparison.Ordinal));
    }

    private async Task<string> ScrapeAsync()
    {
        using var client = host.Anonymous();
        using var response = await client.GetAsync("/metrics", Ct);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", $"{response.Content.Headers.ContentType}");
        return await response.Content.ReadAsStringAsync(Ct);
    }

    private static double Value(string text, string series) =>
        text.Split('\n')
            .Where(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture))
            .SingleOrDefault();

    public sealed class Host : ApiHost;
}

/// <summary>Metrics behind a token.</summary>
public sealed class MetricsTokenTests(MetricsTokenTests.Host host) : IClassFixture<MetricsTokenTests.Host>
{
    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("wrong", HttpStatusCode.Forbidden)]
    [InlineData("scrape-me", HttpStatusCode.OK)]
    public async Task A_configured_token_is_asked_for_from_this_machine_too(string? token, HttpStatusCode expected)
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        using var response = await client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
    }

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Metrics:Token", "scrape-me")];
    }
}
