using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>A tenant with one published workflow (webhook, variable, HTTP call, chat message, end) and the one who calls its webhook.</summary>
internal sealed class Sender : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _hook;

    private Sender(HttpClient client, string hook) => (_client, _hook) = (client, hook);

    /// <summary>Executions whose acceptance was acknowledged.</summary>
    public ConcurrentBag<Guid> Accepted { get; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="settings">The workflow's; null for none.</param>
    public static async Task<Sender> CreateAsync(int port, string receiver, object? settings = null)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await RegisterAsync(client);
        object Node(string type, object config) =>
            new
            {
                node_type = type,
                label = type,
                config,
            };
        object Line(string from, string output, string to) =>
            new
            {
                connection_id = $"{from}_{to}",
                from_node_id = from,
                from_port_name = output,
                to_node_id = to,
                to_port_name = "input",
            };
        var created = await client.PostAsJsonAsync(
            "/api/v1/workflows",
            new
            {
                name = "Survives",
                settings,
                nodes = new
                {
                    hook = Node("trigger_webhook", new { }),
                    set = Node("data_variable_set", new { variables = new { number = "{{input.payload.number}}" } }),
                    call = Node(
                        "action_http",
                        new
                        {
                            url = receiver,
                            method = "POST",
                            body = new { number = "{{number}}" },
                        }
                    ),
                    say = Node("action_chat_message", new { message_template = "Number {{number}} is through." }),
                    end = Node("flow_end", new { output_data = "{{number}}" }),
                },
                connections = new[]
                {
                    Line("hook", "output", "set"),
                    Line("set", "output", "call"),
                    Line("call", "success", "say"),
                    Line("say", "success", "end"),
                },
            },
            Ct
        );
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("workflow_id").GetString();
        (await client.PostAsJsonAsync($"/api/v1/workflows/{id}/publish", new { }, Ct)).EnsureSuccessStatusCode();
        var webhooks = await client.GetFromJsonAsync<JsonElement>($"/api/v1/workflows/{id}/webhooks", Ct);
        return new(client, $"/api/v1/workflows/webhooks/{webhooks.GetProperty("data")[0].GetProperty("token").GetString()}");
    }

    public static async Task RegisterAsync(HttpClient client)
    {
        var response = await client.PostAsJsonAsync(
            "/api/v1/auth/register",
            new
            {
                tenant_name = "Crash",
                email = $"{Guid.NewGuid():N}@example.com",
                password = "correct horse battery",
            },
            Ct
        );
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
    }

    /// <summary>Publishes a workflow of one node between its start and its end, and answers with its id.</summary>
    /// <param name="port">The node's port that leads to the end.</param>
    public static async Task<string> PublishAsync(HttpClient client, string name, string type, object config, string port)
    {
        var created = await client.PostAsJsonAsync(
            "/api/v1/workflows",
            new
            {
                name,
                nodes = new
                {
                    start = new { node_type = "trigger_manual", label = "start" },
                    call = new
                    {
                        node_type = type,
                        label = "call",
                        config,
                    },
                    end = new { node_type = "flow_end", label = "end" },
                },
                connections = new object[]
                {
                    new
                    {
                        from_node_id = "start",
                        from_port_name = "output",
                        to_node_id = "call",
                    },
                    new
                    {
                        from_node_id = "call",
                        from_port_name = port,
                        to_node_id = "end",
                    },
                },
            },
            Ct
        );
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("workflow_id").GetString()!;
        (await client.PostAsJsonAsync($"/api/v1/workflows/{id}/publish", new { }, Ct)).EnsureSuccessStatusCode();
        return id;
    }

    /// <summary>Delivers once; false without an acknowledgement, whatever happened.</summary>
    /// <param name="port">The process to deliver to.</param>
    public async Task<bool> TrySendAsync(int port, int number)
    {
        try
        {
            var response = await _client.PostAsJsonAsync($"http://127.0.0.1:{port}{_hook}", new { number }, Ct);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }

            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            Accepted.Add(body.GetProperty("data").GetProperty("execution_id").GetGuid());
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>
    /// Delivers all, eight at a time. What is not acknowledged is sent again, as any sender of webhooks does; nothing is promised for it.
    /// </summary>
    public Task SendAsync(int port, int deliveries) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, deliveries),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct },
            async (number, ct) => await Eventually.True(() => TrySendAsync(port, number), TimeSpan.FromSeconds(120), ct)
        );

    public void Dispose() => _client.Dispose();
}
