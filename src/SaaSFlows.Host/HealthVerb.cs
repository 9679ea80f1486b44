using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host;

/// <summary>The command line <c>health</c>: asks the program that runs with the same settings, for containers without a shell or curl.</summary>
internal static class HealthVerb
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(4);

    /// <summary>Null if the arguments are no such command; else 0 if it is well, 1 if not.</summary>
    public static async Task<int?> RunAsync(string[] args, IConfiguration configuration, CancellationToken ct)
    {
        if (args is not ["health", ..])
        {
            return null;
        }

        var address = BindingAddress.Parse(GrpcEndpoint.Addresses(configuration).First());
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        using var client = new HttpClient { Timeout = _patience };
        try
        {
            using var answer = await client.GetAsync(new UriBuilder(address.Scheme, host, address.Port, "/health").Uri, ct);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
