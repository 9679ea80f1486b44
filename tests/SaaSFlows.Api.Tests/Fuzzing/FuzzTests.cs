using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Wire;
using Xunit.Sdk;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>
/// Walks every route of the OpenAPI document with generated bad requests: whatever a client sends, no answer is 5xx, each fits the document, and each
/// refusal has the error body. A few hundred requests, 10,000 of another seed each time with <c>SAASFLOWS_LONG_TESTS=1</c>;
/// <c>SAASFLOWS_FUZZ_SEED</c> repeats a seed.
/// </summary>
public sealed class FuzzTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private const int Callers = 4;

    private static readonly HashSet<string> Codes =
    [
        .. typeof(ErrorCode)
            .GetFields()
            .Select(field => field.GetValue(null))
            .OfType<ErrorCode>()
            .Where(code => code.Status < 500)
            .Select(code => code.Name),
    ];

    private readonly FailureLog log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_a_client_can_send_is_a_fault_of_ours()
    {
        var isLong = Environment.GetEnvironmentVariable("SAASFLOWS_LONG_TESTS") == "1";
        var seed =
            int.TryParse(Environment.GetEnvironmentVariable("SAASFLOWS_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given
            : isLong ? Random.Shared.Next()
            : 7;
        host.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var others = new FuzzCaller(host);
        await others.RenewAsync();
        var requests = isLong ? 10_000 : 5 * Contract.Operations.Count;
        var walks = await Task.WhenAll(Enumerable.Range(0, Callers).Select(first => WalkAsync(seed, first, requests, others.Objects)));

        var problems = walks.SelectMany(walk => walk.Problems).ToList();
        var statuses = walks
            .SelectMany(walk => walk.Statuses)
            .CountBy(status => status)
            .OrderBy(count => count.Key)
            .Select(count => $"{count.Value} x {count.Key}");
        TestContext.Current.SendDiagnosticMessage($"Seed {seed}: {string.Join(", ", statuses)}");
        Assert.True(
            problems.Count == 0,
            $"Seed {seed}, {requests} requests, {problems.Count} problems:\n\n{string.Join("\n\n", problems.Take(100))}"
        );
        Assert.Equal("completed", await others.RunAsync());
    }

    public void Dispose() => log.Dispose();

    // Every eighth walk over the routes comes without credentials.
    private async Task<(List<string> Problems, List<int> Statuses)> WalkAsync(
        int seed,
        int first,
        int requests,
        IReadOnlyDictionary<string, string> others
    )
    {
        var (problems, statuses) = (new List<string>(), new List<int>());
        var caller = new FuzzCaller(host);
        await caller.RenewAsync();
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(60),
        };
        for (var number = first; number < requests; number += Callers)
        {
            var operation = Contract.Operations[number % Contract.Operations.Count];
            var request = new BadRequest(seed, number, operation, caller.Objects, others);
            var isAnonymous = number / Contract.Operations.Count % 8 == 3;
            var (status, problem) = await SendAsync(client, request, isAnonymous ? null : caller.Authorization);
            statuses.Add(status);
            if (problem is not null)
            {
                problems.Add(
                    $"number {number}, {operation.Method} {operation.Template}{(isAnonymous ? ", anonymous" : "")}\n{request}\n  -> {problem}"
                );
            }

            if (status == 401 && !isAnonymous && request.IsAuthentic)
            {
                await caller.RenewAsync();
            }
        }

        return (problems, statuses);
    }

    private async Task<(int Status, string? Problem)> SendAsync(HttpClient client, BadRequest request, string? authorization)
    {
        using var message = request.ToMessage(host.Address, authorization);
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Ct);
            var type = $"{response.Content.Headers.ContentType}";
            var isStream = type.StartsWith("text/event-stream", StringComparison.Ordinal) || response.StatusCode == HttpStatusCode.SwitchingProtocols;
            var text = isStream ? "" : await response.Content.ReadAsStringAsync(Ct);
            return ((int)response.StatusCode, Judge(request, response, type, text));
        }
        catch (HttpRequestException refused) when (refused.InnerException is IOException { InnerException: SocketException })
        {
            // Kestrel closes the connection of who goes on sending after it has answered: too large a body, a head that is none.
            return (0, null);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            return (0, "no answer in 60 seconds");
        }
    }

    private string? Judge(BadRequest request, HttpResponseMessage response, string type, string text)
    {
        var status = (int)response.StatusCode;
        if (status >= 500)
        {
            var correlation = response.Headers.TryGetValues("X-Correlation-ID", out var ids) ? ids.First() : "";
            return $"{status} {text}\n{log.Of(correlation)}";
        }

        if (IsRefusedByKestrel(response, text))
        {
            return null;
        }

        var isJudged = !request.Path.Contains("..", StringComparison.Ordinal) && !request.Path.Contains("//", StringComparison.Ordinal);
        try
        {
            if (isJudged)
            {
                Contract.Check(request.Method, request.Path, status, type, text);
            }
        }
        catch (Exception problem) when (problem is XunitException or JsonException)
        {
            return problem.Message;
        }

        return status < 400 || request.Method == "HEAD" || HasErrorBody(request.Path, text)
            ? null
            : $"{status} without the error body: {type} {text}";
    }

    // Before the program sees it: the head of the request is not HTTP.
    private static bool IsRefusedByKestrel(HttpResponseMessage response, string text) =>
        response.Headers.ConnectionClose == true && (int)response.StatusCode >= 400 && text.Length == 0;

    private static bool HasErrorBody(string path, string text)
    {
        try
        {
            var body = JsonElement.Parse(text);
            // OAuth 2 has an error body of its own.
            return
                path.StartsWith("/connect/", StringComparison.Ordinal)
                && body.TryGetProperty("error", out var name)
                && name.ValueKind == JsonValueKind.String
                ? name.GetString()!.Length > 0
                : !(body.TryGetProperty("success", out var success) && success.GetBoolean())
                    && Codes.Contains(body.GetProperty("error").GetProperty("code").GetString()!)
                    && body.GetProperty("error").GetProperty("details").GetProperty("correlation_id").GetString()!.Length > 0;
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
