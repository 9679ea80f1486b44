using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class KilledHostTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Deliveries = 200;
    private const int Kills = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_accepted_webhook_ends_exactly_once_though_the_host_is_killed_three_times()
    {
        using var receiver = new EffectReceiver();
        var keys = Directory.CreateTempSubdirectory("saasflows-keys");
        var port = FreePort.Next();
        var host = await StartAsync(keys, port);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var hook = await PublishAsync(client, receiver.Url);

            var accepted = new ConcurrentBag<Guid>();
            var sending = SendAsync(client, hook, accepted);
            for (var kill = 1; kill <= Kills; kill++)
            {
                // In the middle of the burst, while some have ended, some run and some are only accepted.
                await Eventually.True(() => accepted.Count >= kill * Deliveries / (Kills + 1), TimeSpan.FromSeconds(60), Ct);
                await host.KillAsync();
                host.Dispose();
                host = await StartAsync(keys, port);
            }

            await sending;
            Assert.Equal(Deliveries, accepted.Count);
            await Eventually.True(async () => await CountAsync("status not in (4, 5, 6)") == 0, TimeSpan.FromSeconds(60), Ct);

            Assert.Equal(0, await CountAsync("status <> 4"));
            var stored = await ExecutionsAsync();
            Assert.Empty(accepted.Except(stored));
            Assert.Equal(0, await ScalarAsync("select count(*) from (select execution_id from engine.journal where kind in (10, 11, 12) group by 1 having count(*) <> 1) x"));
            Assert.Equal(stored.Count, await ScalarAsync("select count(distinct execution_id) from engine.journal where kind = 10"));
            Assert.Equal(0, await ScalarAsync("select (select count(*) from engine.queue) + (select count(*) from engine.inbox) + (select count(*) from engine.bookmarks)"));

            var expected = stored.Select(execution => $"{execution}:call:0").ToHashSet();
            Assert.Empty(expected.Except(receiver.Keys));
            Assert.Empty(receiver.Keys.Except(expected));
            Assert.Equal(stored.Count, await ScalarAsync("select count(*) from automation.chat_messages where author_kind = 'workflow'"));
        }
        finally
        {
            host.Dispose();
            keys.Delete(recursive: true);
        }
    }

    private static async Task SendAsync(HttpClient client, string hook, ConcurrentBag<Guid> accepted) =>
        await Parallel.ForEachAsync(Enumerable.Range(0, Deliveries), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (number, ct) =>
        {
            // What was not answered with 2xx is sent again, as any sender of webhooks does; nothing is promised for it.
            await Eventually.True(
                async () =>
                {
                    try
                    {
                        var response = await client.PostAsJsonAsync(hook, new { number }, ct);
                        if (!response.IsSuccessStatusCode)
                        {
                            return false;
                        }

                        var body = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
                        accepted.Add(body.GetProperty("data").GetProperty("execution_id").GetGuid());
                        return true;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                TimeSpan.FromSeconds(90),
                ct);
        });

    private Task<HostProcess> StartAsync(DirectoryInfo keys, int port) => CrashHost.StartAsync(database, keys, port);

    private static async Task<JsonElement> RegisterAsync(HttpClient client)
    {
        var response = await client.PostAsJsonAsync(
            "/api/v1/auth/register", new { tenant_name = "Crash", email = $"{Guid.NewGuid():N}@example.com", password = "correct horse battery" }, Ct);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
        return body;
    }

    private static async Task<string> PublishAsync(HttpClient client, string receiver)
    {
        await RegisterAsync(client);
        object Node(string type, object config) => new { node_type = type, label = type, config };
        object Line(string from, string port, string to) =>
            new { connection_id = $"{from}_{to}", from_node_id = from, from_port_name = port, to_node_id = to, to_port_name = "input" };
        var created = await client.PostAsJsonAsync("/api/v1/workflows", new
        {
            name = "Survives",
            nodes = new
            {
                hook = Node("trigger_webhook", new { }),
                set = Node("data_variable_set", new { variables = new { number = "{{input.payload.number}}" } }),
                call = Node("action_http", new { url = receiver, method = "POST", body = new { number = "{{number}}" } }),
                say = Node("action_chat_message", new { message_template = "Number {{number}} is through." }),
                end = Node("flow_end", new { output_data = "{{number}}" }),
            },
            connections = new[] { Line("hook", "output", "set"), Line("set", "output", "call"), Line("call", "success", "say"), Line("say", "success", "end") },
        }, Ct);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("workflow_id").GetString();
        (await client.PostAsJsonAsync($"/api/v1/workflows/{id}/publish", new { }, Ct)).EnsureSuccessStatusCode();
        var webhooks = await client.GetFromJsonAsync<JsonElement>($"/api/v1/workflows/{id}/webhooks", Ct);
        return $"/api/v1/workflows/webhooks/{webhooks.GetProperty("data")[0].GetProperty("token").GetString()}";
    }

    private Task<long> CountAsync(string condition) => ScalarAsync($"select count(*) from engine.executions where {condition}");

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }

    private async Task<List<Guid>> ExecutionsAsync()
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("select id from engine.executions", connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(Ct))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }
}
