using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Tests.OpenApi;
using SaaSFlows.Host;
using SaaSFlows.Host.Configuration;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>The whole program on a port of its own, over a database of its own.</summary>
public class ApiHost : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly string keys = Directory.CreateTempSubdirectory("saasflows-keys").FullName;
    private WebApplication? app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public TestDatabase Database => database;

    public IServiceProvider Services => app!.Services;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Vault:KeyDirectory"] = keys,
                ["Outbound:AllowPrivateNetworks"] = "true",
                // Tests ask faster than anybody; those of the limits switch them on again.
                ["RateLimits:Enabled"] = "false",
                ["Overload:Enabled"] = "false",
                ["WarmUp:Time"] = "00:00:00",
                // A server of jobs has a dozen threads. Tests of jobs switch it on.
                ["Jobs:Enabled"] = "false",
                ["Shutdown:Delay"] = "00:00:00",
            }
        );
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await builder.AddSaaSFlowsAsync(database.AdminConnectionString, ProcessRoles.All, TestContext.Current.CancellationToken);
        if (Clock is { } clock)
        {
            builder.Services.AddSingleton(clock);
        }

        Configure(builder.Services);
        app = builder.Build();
        app.UseSaaSFlows(ProcessRoles.All);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var grpc = app.Services.GetRequiredService<GrpcEndpoint>().Address;
        Address = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(address => address != grpc)
        );
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            // Connections that a test left open must not hold up the others.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }

        await database.DisposeAsync();
        Directory.Delete(keys, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks past the program into its database.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>A client that nobody knows.</summary>
    public HttpClient Anonymous() => new(Around(new SocketsHttpHandler { UseCookies = false })) { BaseAddress = Address };

    /// <summary>A new tenant's owner, signed in.</summary>
    public async Task<Member> RegisterAsync(string tenant = "Acme")
    {
        var ct = TestContext.Current.CancellationToken;
        var client = Anonymous();
        var email = $"{Guid.NewGuid():N}@example.com";
        var response = await client.PostAsJsonAsync(
            "/api/v1/auth/register",
            new
            {
                tenant_name = tenant,
                email,
                password = Member.Password,
            },
            ct
        );
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        Assert.True(response.IsSuccessStatusCode, body.GetRawText());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
        var data = body.GetProperty("data");
        return new Member(
            client,
            email,
            data.GetProperty("tenant").GetProperty("tenant_id").GetGuid(),
            data.GetProperty("community").GetProperty("community_id").GetInt64(),
            data.GetProperty("entity").GetProperty("entity_id").GetInt64()
        );
    }

    /// <summary>Signs somebody in again, into the tenant used last.</summary>
    public async Task<Member> SignInAsync(Member member)
    {
        var ct = TestContext.Current.CancellationToken;
        var client = Anonymous();
        var response = await client.PostAsJsonAsync("/api/v1/auth/login", new { email = member.Email, password = Member.Password }, ct);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
        return member with { Http = client, Tenant = body.GetProperty("data").GetProperty("tenant").GetProperty("tenant_id").GetGuid() };
    }

    /// <summary>Null for the system's.</summary>
    protected virtual TimeProvider? Clock => null;

    /// <summary>Services that differ from the program's.</summary>
    protected virtual void Configure(IServiceCollection services) { }

    /// <summary>What else the clients of this host do with their requests.</summary>
    protected virtual HttpMessageHandler Around(HttpMessageHandler inner) => inner;

    /// <summary>Settings that differ from the defaults.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];
}

/// <summary>Somebody who is signed in, and what they use most.</summary>
public sealed record Member(HttpClient Http, string Email, Guid Tenant, long Community, long Entity)
{
    public const string Password = "correct horse battery";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<Answer> GetAsync(string path) => await Answer.FromAsync(await Http.GetAsync(path, Ct));

    public async Task<Answer> PostAsync(string path, object? body = null) =>
        await Answer.FromAsync(await Http.PostAsync(path, body is null ? null : JsonContent.Create(body), Ct));

    public async Task<Answer> PostRawAsync(string path, string body) =>
        await Answer.FromAsync(await Http.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct));

    public async Task<Answer> PutAsync(string path, object body) => await Answer.FromAsync(await Http.PutAsJsonAsync(path, body, Ct));

    public async Task<Answer> PatchAsync(string path, object body) => await Answer.FromAsync(await Http.PatchAsJsonAsync(path, body, Ct));

    public async Task<Answer> DeleteAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path) { Content = JsonContent.Create(body) };
        return await Answer.FromAsync(await Http.SendAsync(request, Ct));
    }

    public async Task<Answer> DeleteAsync(string path) => await Answer.FromAsync(await Http.DeleteAsync(path, Ct));

    /// <summary>The user's id, as the token says it.</summary>
    public Guid Id =>
        JsonElement
            .Parse(System.Buffers.Text.Base64Url.DecodeFromChars(Http.DefaultRequestHeaders.Authorization!.Parameter!.Split('.')[1]))
            .GetProperty("user_id")
            .GetGuid();

    /// <summary>A workflow that passes validation; its id.</summary>
    public async Task<Guid> CreateAsync(object nodes, object connections, string name = "Flow")
    {
        var created = await PostAsync(
            "/api/v1/workflows",
            new
            {
                name,
                entity_id = Entity,
                community_id = Community,
                nodes,
                connections,
            }
        );
        Assert.True(created.Status == 201, created.Text);
        return created.Data.GetProperty("workflow_id").GetGuid();
    }

    public async Task<Guid> PublishAsync(object nodes, object connections, string name = "Flow")
    {
        var id = await CreateAsync(nodes, connections, name);
        var published = await PostAsync($"/api/v1/workflows/{id}/publish", new { community_id = Community });
        Assert.True(published.Status == 200, published.Text);
        return id;
    }

    /// <summary>The path of the webhook that publishing made.</summary>
    public async Task<string> WebhookAsync(Guid workflow)
    {
        var list = await GetAsync($"/api/v1/workflows/{workflow}/webhooks");
        return $"/api/v1/workflows/webhooks/{list.Data[0].GetProperty("token").GetString()}";
    }

    /// <summary>Starts a workflow; the execution's id.</summary>
    public async Task<Guid> StartAsync(Guid workflow, object? variables = null)
    {
        var started = await PostAsync($"/api/v1/workflows/{workflow}/execute", new { variables });
        Assert.True(started.Status == 202, started.Text);
        return started.Data.GetProperty("execution_id").GetGuid();
    }

    /// <summary>Returns once the execution is parked.</summary>
    public Task ParkedAsync(Guid execution) =>
        Eventually.True(
            async () => (await GetAsync($"/api/v1/workflows/executions/{execution}")).Data.GetProperty("status").GetString() == "waiting",
            TimeSpan.FromSeconds(20),
            Ct
        );

    /// <summary>The execution once it has ended.</summary>
    public async Task<JsonElement> EndedAsync(Guid execution)
    {
        JsonElement seen = default;
        await Eventually.True(
            async () =>
            {
                var answer = await GetAsync($"/api/v1/workflows/executions/{execution}");
                seen = answer.Data;
                return answer.Data.GetProperty("status").GetString() is "completed" or "failed" or "cancelled";
            },
            TimeSpan.FromSeconds(20),
            Ct
        );
        return seen;
    }
}

/// <summary>A response with its body.</summary>
public sealed record Answer(int Status, string Text, HttpResponseMessage Response)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public JsonElement Data => Json.GetProperty("data");

    public string Code => Json.GetProperty("error").GetProperty("code").GetString()!;

    public JsonElement Details => Json.GetProperty("error").GetProperty("details");

    public string Reason => Details.GetProperty("reason").GetString()!;

    /// <summary>Reads the response, and compares it with the documented contract.</summary>
    public static async Task<Answer> FromAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var request = response.RequestMessage!;
        var sent =
            Recording.IsWanted && request.Content is { } content ? await content.ReadAsStringAsync(TestContext.Current.CancellationToken) : null;
        Contract.Check(
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            (int)response.StatusCode,
            $"{response.Content.Headers.ContentType}",
            text,
            sent
        );
        return new((int)response.StatusCode, text, response);
    }
}
