using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>The platform's recurring jobs: they run, a failure is seen, and only operators look at them.</summary>
public sealed class JobTests(JobTests.Host host) : IClassFixture<JobTests.Host>
{
    private const string Dashboard = "/operations/jobs";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_job_is_scheduled_and_housekeeping_runs_at_the_start()
    {
        await Eventually.True(
            async () => await host.ScalarAsync<long>("select count(*) from jobs.job where statename = 'Succeeded'") >= 1,
            Patience,
            Ct
        );

        var scheduled = await host.ScalarAsync<string>("select string_agg(value, ' ' order by value) from jobs.set where key = 'recurring-jobs'");
        Assert.Equal("a-failing-job housekeeping old-events old-history tenant-deletion", scheduled);
        // Nothing of a job is stored but its name.
        Assert.Equal("""["\"housekeeping\"", null]""", await host.ScalarAsync<string>("select arguments::text from jobs.job order by id limit 1"));
    }

    [Fact]
    public async Task A_job_that_fails_is_shown_with_its_reason_and_not_repeated()
    {
        using var operators = Operator("any:" + Host.Password);
        using var trigger = await operators.PostAsync($"{Dashboard}/recurring/trigger", new FormUrlEncodedContent([new("jobs[]", Host.Failing)]), Ct);
        Assert.Equal(HttpStatusCode.Forbidden, trigger.StatusCode);

        await TriggerAsync(operators);
        await Eventually.True(
            async () =>
                await host.ScalarAsync<long>("select count(*) from jobs.job where statename = 'Deleted' and arguments::text like '%a-failing-job%'")
                == 1,
            Patience,
            Ct
        );
        Assert.Equal(1, host.Failures);
        Assert.Contains(Host.Failing, await operators.GetStringAsync($"{Dashboard}/recurring", Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("any:wrong")]
    [InlineData("no colon")]
    public async Task Nobody_else_sees_the_dashboard(string? credentials)
    {
        using var client = Operator(credentials);
        foreach (var path in new[] { Dashboard, $"{Dashboard}/recurring", $"{Dashboard}/stats" })
        {
            using var answer = await client.GetAsync(path, Ct);
            Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));
            Assert.DoesNotContain("housekeeping", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Operators_see_it_and_tenants_tokens_open_nothing()
    {
        using var operators = Operator("ops:" + Host.Password);
        using var answer = await operators.GetAsync(Dashboard, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("frame-ancestors 'none'", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);

        var owner = await host.RegisterAsync();
        using var refused = await owner.Http.GetAsync(Dashboard, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task The_role_of_jobs_sees_jobs_only_and_nobody_else_sees_those()
    {
        Assert.Equal(
            0L,
            await host.ScalarAsync<long>(
                """
                select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and n.nspname in ('tenancy', 'accounts', 'automation', 'engine')
                and has_table_privilege('saasflows_jobs', c.oid, 'select')
                """
            )
        );
        Assert.Equal(
            0L,
            await host.ScalarAsync<long>(
                """
                select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['saasflows_app', 'saasflows_engine',
                'saasflows_lookup']) as role
                where c.relkind = 'r' and n.nspname = 'jobs' and has_table_privilege(role, c.oid, 'select')
                """
            )
        );
    }

    private static async Task TriggerAsync(HttpClient operators)
    {
        // As the page does it: with the token against forgery that the page holds.
        var page = await operators.GetStringAsync($"{Dashboard}/recurring", Ct);
        var token = System.Text.RegularExpressions.Regex.Match(page, "csrf-token\" content=\"([^\"]+)\"").Groups[1].Value;
        var header = System.Text.RegularExpressions.Regex.Match(page, "csrf-header\" content=\"([^\"]+)\"").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Dashboard}/recurring/trigger")
        {
            Content = new FormUrlEncodedContent([new("jobs[]", Host.Failing)]),
        };
        request.Headers.Add(header, token);
        using var answer = await operators.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private HttpClient Operator(string? credentials)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = credentials is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return client;
    }

    /// <summary>A program that runs jobs, one of which always fails.</summary>
    public sealed class Host : ApiHost
    {
        public const string Password = "operators only";
        public const string Failing = "a-failing-job";

        private int _failures;

        public int Failures => _failures;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Jobs:Enabled", "true"), new("Jobs:DashboardPassword", Password)];

        protected override void Configure(IServiceCollection services) =>
            services.AddSingleton(
                new PlatformJob(
                    Failing,
                    "0 0 1 1 *",
                    _ =>
                    {
                        Interlocked.Increment(ref _failures);
                        throw new InvalidOperationException("as always");
                    }
                )
            );
    }
}
