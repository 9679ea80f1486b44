using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Pipeline;

namespace SaaSFlows.Api.Tests;

/// <summary>What a process rehearses before it is ready.</summary>
public sealed class WarmUpTests(WarmUpTests.Host host) : IClassFixture<WarmUpTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliveries_are_rehearsed_before_ready_and_nothing_of_them_stays()
    {
        using var client = host.Anonymous();
        Assert.True((await client.GetAsync("/health/ready", Ct)).IsSuccessStatusCode);
        Assert.Equal(Host.Deliveries, host.Rehearsed);

        // Alarms look at these: nobody has asked for anything yet.
        var metrics = await client.GetStringAsync("/metrics", Ct);
        Assert.Contains("http_route=\"/health/ready\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("http_route=\"/api/v1/workflows/webhooks/{token}\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("saasflows_executions_started_total 1", metrics, StringComparison.Ordinal);
        foreach (var table in new[] { "executions", "journal", "usage_facts", "queue", "endings", "webhook_starts", "deduplication" })
        {
            Assert.Equal(0L, await host.ScalarAsync<long>($"select count(*) from engine.{table}"));
        }

        var owner = await host.RegisterAsync();
        Assert.Equal(0, (await owner.GetAsync($"/api/v1/executions")).Data.GetArrayLength());
    }

    public sealed class Host : ApiHost, IStartupFilter
    {
        public const int Deliveries = 40;

        private int _rehearsed;

        /// <summary>Requests that walked the wire as rehearsals.</summary>
        public int Rehearsed => _rehearsed;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("WarmUp:Time", "00:00:30"), new("WarmUp:Deliveries", $"{Deliveries}"), new("RateLimits:Enabled", "true")];

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (http, rest) =>
                    {
                        Interlocked.Add(ref _rehearsed, http.Request.Headers.ContainsKey(RehearsalMark.Header) ? 1 : 0);
                        return rest(http);
                    }
                );
                next(app);
            };

        protected override void Configure(IServiceCollection services) => services.AddSingleton<IStartupFilter>(this);
    }
}
