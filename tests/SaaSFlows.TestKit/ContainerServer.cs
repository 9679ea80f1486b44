using Testcontainers.PostgreSql;

namespace SaaSFlows.TestKit;

/// <summary>A PostgreSQL in a container, of any version that Docker Hub has. The container stays for the next run.</summary>
internal static class ContainerServer
{
    /// <summary>Starts it, or finds the one that is there already.</summary>
    /// <param name="version">The tag of the image <c>postgres</c>, such as <c>16</c> or <c>18-alpine</c>.</param>
    /// <returns>A superuser's connection string.</returns>
    /// <exception cref="DotNet.Testcontainers.Builders.DockerUnavailableException">There is no Docker here.</exception>
    public static async Task<string> StartAsync(string version)
    {
        var container = new PostgreSqlBuilder($"postgres:{version}")
            // All test processes connect at the same time.
            .WithCommand("-c", "max_connections=500", "-c", "fsync=off")
            .WithReuse(true)
            .WithLabel("saasflows", $"tests-{version}")
            .Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }
}
