using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Api.Tests.Grpc;

/// <summary>The program with its gRPC port open, and a client.</summary>
public sealed class GrpcHost : ApiHost, IAsyncLifetime
{
    private GrpcClient? client;

    public Uri GrpcAddress => new(Services.GetRequiredService<GrpcEndpoint>().Address!);

    internal GrpcClient Client => client!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        client = await GrpcClient.StartAsync(GrpcAddress);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Grpc:Url", "http://127.0.0.1:0")];
}
