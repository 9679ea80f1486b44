using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace SaaSFlows.Benchmarks;

/// <summary>The program as a process of its own, and a tenant in it.</summary>
internal sealed class BenchHost : IDisposable
{
    private const string Password = "correct horse battery";
    private const string Ready = "SaaSFlows is ready: ";
    private readonly Process _process;

    private BenchHost(Process process, Uri address)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    /// <summary>Bytes in memory now.</summary>
    public long Resident => Status("VmRSS");

    /// <summary>The most bytes it ever had in memory.</summary>
    public long Peak => Status("VmHWM");

    public int Id => _process.Id;

    public static async Task<BenchHost> StartAsync(string connectionString, params string[] settings)
    {
        string[] arguments =
        [
            "--urls=http://127.0.0.1:0",
            "--Studio:Build=false",
            "--Demo:Enabled=false",
            "--RateLimits:Enabled=false",
            "--Webhooks:DefaultRateLimit=1000000000",
            "--Webhooks:MaxRateLimit=1000000000",
            "--Logging:LogLevel:Default=Warning",
            $"--ConnectionStrings:Postgres={connectionString}",
            $"--Vault:KeyDirectory={Path.Combine(BenchServer.Root, ".data", "benchmark-keys")}",
            .. settings,
        ];
        var process = Process.Start(
            new ProcessStartInfo(
                Environment.GetEnvironmentVariable("BENCH_HOST") ?? Path.Combine(AppContext.BaseDirectory, "SaaSFlows.Host"),
                arguments
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new(process, new Uri(line[Ready.Length..]));
            }

            Console.WriteLine(line);
        }

        throw new InvalidOperationException("The Host ended before it was ready.");
    }

    /// <summary>Makes a tenant and signs in as its owner.</summary>
    public async Task<(long Community, long Entity)> RegisterAsync(string? email = null)
    {
        var body = await PostAsync(
            "/api/v1/auth/register",
            new
            {
                tenant_name = "Bench",
                email = email ?? $"{Guid.NewGuid():N}@example.com",
                password = Password,
            }
        );
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
        var data = body.GetProperty("data");
        return (data.GetProperty("community").GetProperty("community_id").GetInt64(), data.GetProperty("entity").GetProperty("entity_id").GetInt64());
    }

    public async Task SignInAsync(string email)
    {
        var body = await PostAsync("/api/v1/auth/login", new { email, password = Password });
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
    }

    /// <summary>Publishes the workload; the address to post to.</summary>
    public async Task<Uri> PublishAsync((long Community, long Entity) place, string responseMode)
    {
        var created = await PostAsync(
            "/api/v1/workflows",
            new
            {
                name = $"Bench {responseMode}",
                entity_id = place.Entity,
                community_id = place.Community,
                nodes = JsonElement.Parse(Workload.Nodes(responseMode)),
                connections = JsonElement.Parse(Workload.Connections),
            }
        );
        var id = created.GetProperty("data").GetProperty("workflow_id").GetString();
        await PostAsync($"/api/v1/workflows/{id}/publish", new { });
        var webhooks = await Http.GetFromJsonAsync<JsonElement>($"/api/v1/workflows/{id}/webhooks");
        return new Uri(Http.BaseAddress!, $"/api/v1/workflows/webhooks/{webhooks.GetProperty("data")[0].GetProperty("token").GetString()}");
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var response = await Http.PostAsJsonAsync(path, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{path}: {answer.GetRawText()}");
    }

    private long Status(string name) =>
        1024
        * long.Parse(
            File.ReadLines($"/proc/{_process.Id}/status")
                .First(line => line.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );

    public void Dispose()
    {
        Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();
        _process.WaitForExit();
        _process.Dispose();
        Http.Dispose();
    }
}
