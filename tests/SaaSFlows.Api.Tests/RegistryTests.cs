using System.Globalization;
using System.Net;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>The registry of services, and the activity that calls them.</summary>
public sealed class RegistryTests(RegistryTests.EagerHost host) : IClassFixture<RegistryTests.EagerHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_registration_is_taken_as_it_is()
    {
        var member = await host.RegisterAsync();
        const string Example = """
            {"service_name": "my-service", "service_url": "http://localhost:3000", "health_check_url": "http://localhost:3000/health",
            "metadata": {"version": "1.0.0"}}
            """;

        var first = await member.PostRawAsync("/api/v1/registry/register", Example);
        var second = await member.PostRawAsync("/api/v1/registry/register", Example);

        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.Equal(
            ("my-service", "http://localhost:3000", "1.0.0", "unknown"),
            (
                first.Data.GetProperty("service_name").GetString(),
                first.Data.GetProperty("service_url").GetString(),
                first.Data.GetProperty("metadata").GetProperty("version").GetString(),
                first.Data.GetProperty("status").GetString()
            )
        );
        Assert.Equal(first.Data.GetProperty("service_id").GetGuid(), second.Data.GetProperty("service_id").GetGuid());
        Assert.Single((await member.GetAsync("/api/v1/registry/services")).Data.EnumerateArray());
    }

    [Fact]
    public async Task A_registered_service_is_checked_and_shown()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        await RegisterAsync(member, receiver.Url);
        var sick = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");
        await RegisterAsync(member, sick, "sick");

        await UntilAsync(member, "s", "healthy");
        await UntilAsync(member, "sick", "unhealthy");
        var healthy = (await member.GetAsync("/api/v1/registry/services?service_name=s&status=healthy")).Data[0];
        Assert.True(healthy.GetProperty("latency_ms").GetDouble() > 0);
        Assert.NotNull((await member.GetAsync("/api/v1/registry/services?status=unhealthy")).Data[0].GetProperty("last_error").GetString());
        var health = (await member.GetAsync("/api/v1/registry/health")).Data;
        Assert.Equal(
            ("degraded", 2, 1, 1),
            (
                health.GetProperty("status").GetString(),
                health.GetProperty("total").GetInt32(),
                health.GetProperty("healthy").GetInt32(),
                health.GetProperty("unhealthy").GetInt32()
            )
        );

        receiver.Answer = HttpStatusCode.ServiceUnavailable;
        await UntilAsync(member, "s", "unhealthy");
        Assert.Equal(
            "Status 503.",
            (await member.GetAsync("/api/v1/registry/services?service_name=s")).Data[0].GetProperty("last_error").GetString()
        );
        receiver.Answer = HttpStatusCode.OK;
        await UntilAsync(member, "s", "healthy");
        Assert.All(receiver.Calls, call => Assert.Equal("GET", call.Method));
    }

    [Fact]
    public async Task A_deregistered_service_is_gone()
    {
        var member = await host.RegisterAsync();
        var id = (await RegisterAsync(member, "http://127.0.0.1:1")).Data.GetProperty("service_id").GetGuid();

        Assert.Equal(200, (await member.DeleteAsync($"/api/v1/registry/deregister/{id}")).Status);

        Assert.Equal(
            (404, "service.not_found"),
            await member.DeleteAsync($"/api/v1/registry/deregister/{id}") is { } gone ? (gone.Status, gone.Reason) : default
        );
        Assert.Empty((await member.GetAsync("/api/v1/registry/services")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("{}", "service_name")]
    [InlineData("""{"service_name":"s"}""", "service_url")]
    [InlineData("""{"service_name":"s","service_url":"ftp://example.com"}""", "service_url")]
    [InlineData("""{"service_name":"s","service_url":"http://user:pass@example.com"}""", "service_url")]
    [InlineData("""{"service_name":"s","service_url":"http://example.com","health_check_url":"/health"}""", "health_check_url")]
    [InlineData("""{"service_name":"s","service_url":"http://example.com","metadata":[]}""", "metadata")]
    [InlineData("""{"service_name":"s","service_url":"http://example.com","metadata":{"version":"\ud800"}}""", "metadata.version")]
    public async Task What_is_no_service_is_refused(string body, string field)
    {
        var answer = await (await host.RegisterAsync()).PostRawAsync("/api/v1/registry/register", body);

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    [Fact]
    public async Task Services_of_another_tenant_or_community_are_neither_seen_nor_called()
    {
        using var receiver = new Receiver();
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var other = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        var elsewhere = await host.InviteAsync(owner with { Community = other }, "editor");
        await RegisterAsync(owner, receiver.Url, "theirs", other);
        var whole = (await RegisterAsync(owner, receiver.Url, "ours")).Data.GetProperty("service_id").GetGuid();
        await RegisterAsync(owner, receiver.Url, "mine", owner.Community);

        Assert.Equal(
            ["ours", "theirs"],
            (await elsewhere.GetAsync("/api/v1/registry/services")).Data.EnumerateArray().Select(one => one.GetProperty("service_name").GetString())
        );
        Assert.Equal(403, (await elsewhere.DeleteAsync($"/api/v1/registry/deregister/{whole}")).Status);
        Assert.Empty((await stranger.GetAsync("/api/v1/registry/services")).Data.EnumerateArray());
        foreach (var (caller, module) in new[] { (owner, "theirs"), (stranger, "ours") })
        {
            var ended = await caller.EndedAsync(await caller.StartAsync(await PublishAsync(caller, new { module_name = module })));
            Assert.Equal("module.not_found", ended.GetProperty("error_code").GetString());
        }

        Assert.Equal(
            "completed",
            (await owner.EndedAsync(await owner.StartAsync(await PublishAsync(owner, new { module_name = "ours" }))))
                .GetProperty("status")
                .GetString()
        );
    }

    [Fact]
    public async Task A_module_gets_its_input_and_its_answer_becomes_variables()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        await RegisterAsync(member, receiver.Url);
        var workflow = await PublishAsync(
            member,
            new
            {
                module_name = "s",
                module_version = "1.0.0",
                path = "/render",
                input_mapping = new { who = "{{variables.name}}" },
                output_mapping = new { fine = "ok" },
            }
        );

        var ended = await member.EndedAsync(await member.StartAsync(workflow, new { name = "Ada" }));

        Assert.Equal("""{"fine":true,"status":200}""", ended.GetProperty("final_output").GetRawText());
        var call = Assert.Single(receiver.Calls, call => call.Method == "POST");
        Assert.Equal(("""{"who":"Ada"}""", true), (call.Body, call.IdempotencyKey is { Length: > 0 }));
    }

    [Fact]
    public async Task A_sick_instance_is_not_called_and_a_failing_one_is_tried_again_with_the_same_key()
    {
        using var well = new Receiver();
        using var sick = new Receiver(HttpStatusCode.InternalServerError);
        var member = await host.RegisterAsync();
        await RegisterAsync(member, sick.Url);
        await UntilAsync(member, "s", "unhealthy");
        var workflow = await PublishAsync(member, new { module_name = "s", retry_count = 1 });
        Assert.Equal("module.unhealthy", (await member.EndedAsync(await member.StartAsync(workflow))).GetProperty("error_code").GetString());

        await RegisterAsync(member, well.Url);
        Assert.Equal("completed", (await member.EndedAsync(await member.StartAsync(workflow))).GetProperty("status").GetString());
        Assert.DoesNotContain(sick.Calls, call => call.Method == "POST");

        await host.CountAsync(
            "with frozen as (update automation.services set next_check_at = now() + interval '1 hour' where tenant_id = $1 returning 1) select "
                + "count(*) from frozen",
            member.Tenant
        );
        well.Answer = HttpStatusCode.ServiceUnavailable;
        var failed = await member.EndedAsync(await member.StartAsync(workflow));
        Assert.Equal("http.status", failed.GetProperty("error_code").GetString());
        var tries = well.Calls.Where(call => call.Method == "POST").TakeLast(2).ToList();
        Assert.Single(tries.Select(call => call.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_sent_and_calls_nobody()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        await RegisterAsync(member, receiver.Url);
        var workflow = await PublishAsync(
            member,
            new
            {
                module_name = "s",
                input_mapping = new { who = "{{variables.name}}" },
                output_mapping = new { fine = "ok" },
            }
        );

        var tested = await member.PostAsync($"/api/v1/workflows/{workflow}/test", new { variables = new { name = "Ada" } });

        Assert.True(tested.Data.GetProperty("summary").GetProperty("passed").GetBoolean(), tested.Text);
        var would = tested
            .Data.GetProperty("trace")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("node_id").GetString() == "call")
            .GetProperty("would");
        Assert.Equal(("s", """{"who":"Ada"}"""), (would.GetProperty("module").GetString(), would.GetProperty("body").GetRawText()));
        Assert.DoesNotContain(receiver.Calls, call => call.Method == "POST");
    }

    internal static Task<Answer> RegisterAsync(Member member, string url, string name = "s", long? community = null) =>
        member.PostAsync(
            "/api/v1/registry/register",
            new
            {
                service_name = name,
                service_url = url,
                metadata = new { version = "1.0.0" },
                community_id = community,
            }
        );

    private static Task<Guid> PublishAsync(Member member, object config) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_module", config),
                end = Graphs.Node(
                    "flow_end",
                    new
                    {
                        output_data = JsonSerializer.SerializeToElement(config).TryGetProperty("output_mapping", out _)
                            ? (object)new { fine = "{{fine}}", status = "{{input.status}}" }
                            : "done",
                    }
                ),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "success") }
        );

    private static Task UntilAsync(Member member, string name, string status) =>
        Eventually.True(
            async () => (await member.GetAsync($"/api/v1/registry/services?service_name={name}&status={status}")).Data.GetArrayLength() == 1,
            TimeSpan.FromSeconds(30),
            Ct
        );

    /// <summary>Looks after services all the time.</summary>
    public sealed class EagerHost : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Registry:CheckSeconds", "1"), new("Registry:TimeoutSeconds", "2")];
    }
}

/// <summary>What the registry says of services that were not checked.</summary>
public sealed class UncheckedRegistryTests(UncheckedRegistryTests.Host host) : IClassFixture<UncheckedRegistryTests.Host>
{
    [Theory]
    [InlineData("healthy", "")]
    [InlineData("unknown", "unknown")]
    [InlineData("healthy", "healthy")]
    [InlineData("unhealthy", "unhealthy")]
    [InlineData("unknown", "healthy", "unknown")]
    [InlineData("degraded", "healthy", "unhealthy")]
    [InlineData("degraded", "unhealthy", "unknown")]
    [InlineData("degraded", "healthy", "unhealthy", "unknown")]
    public async Task The_overview_claims_nothing_that_nobody_has_seen(string expected, params string[] statuses)
    {
        var member = await host.RegisterAsync();
        foreach (var (index, status) in statuses.Where(status => status.Length > 0).Index())
        {
            await RegisterAsync(member, $"s{index}", "http://127.0.0.1:1/health");
            await SetAsync(member, $"s{index}", status);
        }

        Assert.Equal(expected, (await member.GetAsync("/api/v1/registry/health")).Data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_service_whose_check_has_changed_is_unknown_again()
    {
        var member = await host.RegisterAsync();
        await RegisterAsync(member, "s", "http://127.0.0.1:1/health");
        await SetAsync(member, "s", "unhealthy");
        Assert.Equal("unhealthy", (await RegisterAsync(member, "s", "http://127.0.0.1:1/health")).GetProperty("status").GetString());

        var changed = await RegisterAsync(member, "s", "http://127.0.0.1:1/well");

        Assert.Equal("unknown", changed.GetProperty("status").GetString());
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (changed.GetProperty("last_error").ValueKind, changed.GetProperty("last_checked_at").ValueKind)
        );
    }

    private static async Task<JsonElement> RegisterAsync(Member member, string name, string check) =>
        (
            await member.PostAsync(
                "/api/v1/registry/register",
                new
                {
                    service_name = name,
                    service_url = "http://127.0.0.1:1",
                    health_check_url = check,
                }
            )
        ).Data;

    private async Task SetAsync(Member member, string name, string status) =>
        await host.ScalarAsync<Guid>(
            "update automation.services set status = $3, last_error = 'e', checked_at = now() where tenant_id = $1 and name = $2 returning id",
            member.Tenant,
            name,
            status
        );

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Registry:CheckSeconds", "0")];
    }
}
