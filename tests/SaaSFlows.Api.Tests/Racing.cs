using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests;

/// <summary>Sends each request to one route many times at once.</summary>
/// <param name="Route">Method and template.</param>
/// <param name="Times">How many times.</param>
internal sealed record Race(string Route, int Times)
{
    /// <summary>The test's.</summary>
    public static readonly AsyncLocal<Race?> Current = new();

    private readonly Regex _path = new($"^{Regex.Replace(Route.Split(' ')[1], @"\{\w+\}", "[^/]+")}$");

    /// <summary>What was answered, by status.</summary>
    public ConcurrentDictionary<int, string> Answers { get; } = new();

    public bool Is(HttpRequestMessage request) => request.Method.Method == Route.Split(' ')[0] && _path.IsMatch(request.RequestUri!.AbsolutePath);
}

/// <summary>Clients of <see cref="RacingHost"/> run the test's race.</summary>
internal sealed class RacingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // The first that succeeded, or one of the others: whoever sent the request goes on with it.
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Race.Current.Value is not { } race || !race.Is(request))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var answers = await Task.WhenAll(Enumerable.Range(0, race.Times).Select(_ => base.SendAsync(Copy(request, body), cancellationToken)));
        foreach (var answer in answers)
        {
            // What came after a redirection is no answer of this route.
            var status = race.Is(answer.RequestMessage!) ? answer.StatusCode : HttpStatusCode.Found;
            race.Answers.TryAdd((int)status, await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        return answers.FirstOrDefault(answer => answer.IsSuccessStatusCode) ?? answers[0];
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        if (body is not null)
        {
            copy.Content = new ByteArrayContent(body);
            foreach (var (name, values) in request.Content!.Headers)
            {
                copy.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return copy;
    }
}

/// <summary>Its clients race where a test says so.</summary>
public sealed class RacingHost : ApiHost
{
    protected override HttpMessageHandler Around(HttpMessageHandler inner) => new RacingHandler(inner);
}
