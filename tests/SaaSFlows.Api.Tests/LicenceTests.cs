namespace SaaSFlows.Api.Tests;

public sealed class LicenceTests(LicenceTests.TwoWorkflows host) : IClassFixture<LicenceTests.TwoWorkflows>
{
    [Fact]
    public async Task The_limit_on_workflows_holds_under_a_race_and_names_itself()
    {
        var member = await host.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => member.PostAsync("/api/v1/workflows", new { name = $"W{number}" })));

        Assert.Equal(2, answers.Count(answer => answer.Status == 201));
        Assert.All(
            answers.Where(answer => answer.Status != 201),
            answer =>
            {
                Assert.Equal((402, "PAYMENT_REQUIRED"), (answer.Status, answer.Code));
                Assert.Equal(2, answer.Details.GetProperty("limit").GetInt32());
                Assert.Equal(2, answer.Details.GetProperty("used").GetInt32());
            }
        );
    }

    [Fact]
    public async Task The_limit_on_workflows_holds_on_paths_without_a_version()
    {
        var member = await host.RegisterAsync();
        await member.PostAsync("/api/workflows", new { name = "first" });
        await member.PostAsync("/api/workflows", new { name = "second" });

        Unversioned.BareErrorTests.Check(await member.PostAsync("/api/workflows", new { name = "third" }), 402, "PAYMENT_REQUIRED");
    }

    [Fact]
    public async Task Archiving_makes_room_at_once()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(new { }, Array.Empty<object>());
        await member.CreateAsync(new { }, Array.Empty<object>());
        Assert.Equal(402, (await member.PostAsync("/api/v1/workflows", new { name = "third" })).Status);

        await member.DeleteAsync($"/api/v1/workflows/{id}");
        Assert.Equal(201, (await member.PostAsync("/api/v1/workflows", new { name = "third" })).Status);
    }

    [Fact]
    public async Task A_tenant_over_its_limit_can_neither_publish_nor_execute_until_it_is_back()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Status);

        // As if its licence had allowed more before.
        await using (var connection = new Npgsql.NpgsqlConnection(host.Database.AdminConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new Npgsql.NpgsqlCommand(
                """
                insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, created_at, updated_at)
                select gen_random_uuid(), $1, $2, $3, 'extra-' || n, 'Extra', 'draft', '{}', now(), now() from generate_series(1, 2) n
                """,
                connection
            )
            {
                Parameters =
                {
                    new() { Value = member.Tenant },
                    new() { Value = member.Community },
                    new() { Value = member.Entity },
                },
            };
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await using var epoch = new Npgsql.NpgsqlCommand(
                "update accounts.tenants set licence_epoch = licence_epoch + 1 where tenant_id = $1",
                connection
            )
            {
                Parameters = { new() { Value = member.Tenant } },
            };
            await epoch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            (402, "PAYMENT_REQUIRED"),
            await member.PostAsync($"/api/v1/workflows/{id}/execute") is { } refused ? (refused.Status, refused.Code) : default
        );
        Assert.Equal(402, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);

        var other = (await member.GetAsync("/api/v1/workflows"))
            .Data.EnumerateArray()
            .First(workflow => workflow.GetProperty("name").GetString() == "Extra");
        await member.DeleteAsync($"/api/v1/workflows/{other.GetProperty("workflow_id").GetString()}");
        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Status);
    }

    public sealed class TwoWorkflows : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Licensing:MaxWorkflowsPerTenant", "2")];
    }
}
