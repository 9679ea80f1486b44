using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests.Grpc;

/// <summary>A host of its own, as it is stopped.</summary>
public sealed class GrpcShutdownTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private const int Unavailable = 14;

    [Fact]
    public async Task A_watch_ends_with_the_server_and_says_where_to_go_on()
    {
        var owner = await host.RegisterAsync();
        var execution = await owner.StartAsync(await owner.PublishAsync(Wait.Nodes, Wait.Connections));
        var watch = host.Client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(owner));
        await watch.NextAsync();

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var end = await watch.EndAsync();

        Assert.Equal((Unavailable, "server.stopping"), (end.Status, end.Reason));
    }
}
