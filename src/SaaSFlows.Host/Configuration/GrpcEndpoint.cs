using Microsoft.AspNetCore.Server.Kestrel.Core;
using SaaSFlows.Api.Grpc;

namespace SaaSFlows.Host.Configuration;

/// <summary>
/// The port that speaks gRPC. Without TLS, HTTP/1.1 and HTTP/2 can't share one, so it is Kestrel's endpoint <c>Grpc</c>: its certificate, for
/// example, is configured as <c>Kestrel:Endpoints:Grpc:Certificate</c>.
/// </summary>
internal sealed class GrpcEndpoint
{
    private const string Endpoints = "Kestrel:Endpoints";
    private const string Name = "Grpc";

    // Finds out about clients that are gone without a word, which would be watched for until then.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);

    private ListenOptions? _listening;

    /// <summary>Where it listens, with the port that it got; null if it does not.</summary>
    public string? Address => _listening?.ToString();

    /// <summary>Adds it to what Kestrel listens on.</summary>
    /// <param name="url">For example <c>http://*:50070</c>; null leaves it to Kestrel's own section.</param>
    public static void Add(WebApplicationBuilder builder, string? url)
    {
        var endpoint = new GrpcEndpoint();
        builder.Services.AddSingleton(endpoint);
        var configuration = builder.Configuration;
        if (!string.IsNullOrEmpty(url))
        {
            // Kestrel takes either addresses or endpoints: with one endpoint, all of them have to be some.
            var addresses = Addresses(configuration).ToList();
            for (var index = 0; index < addresses.Count; index++)
            {
                configuration[$"{Endpoints}:Http{index}:Url"] = addresses[index];
            }

            builder.WebHost.UseUrls();
            configuration[$"{Endpoints}:{Name}:Url"] = url;
            configuration[$"{Endpoints}:{Name}:Protocols"] = nameof(HttpProtocols.Http2);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
            kestrel.ConfigurationLoader!.Endpoint(
                Name,
                found =>
                {
                    endpoint._listening = found.ListenOptions;
                    GrpcConnection.Mark(found.ListenOptions);
                }
            );
        });
    }

    /// <summary>The addresses that are configured besides, as they are written there.</summary>
    public static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        if (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls)
        {
            return Split(urls);
        }

        return Split(configuration[WebHostDefaults.HttpPortsKey])
            .Select(port => $"http://*:{port}")
            .Concat(Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"));
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
