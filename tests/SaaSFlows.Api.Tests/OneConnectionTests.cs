using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Api.Tests;

/// <summary>
/// Every route works where each role has one connection: nobody who holds one waits for a second, be it in the request itself or in what it waits
/// for. Requests that do would stop everybody as soon as as many of them come together as there are connections.
/// </summary>
public sealed partial class OneConnectionTests(OneConnectionTests.Host host) : IClassFixture<OneConnectionTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writing => [.. AuditRouteTests.Writing.Keys, .. SilentRoutes.Uses.Keys];

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Route_that_changes_something_needs_one_connection(string route)
    {
        var me = await host.RegisterAsync();

        var answer = await (AuditRouteTests.Writing.TryGetValue(route, out var writing) ? writing.Use : SilentRoutes.Uses[route])(host, me);

        Assert.True(answer.Status is >= 200 and < 300, answer.Text);
    }

    [Fact]
    public async Task Each_route_that_reads_needs_one_connection()
    {
        var owner = await host.RegisterAsync();
        var ids = await AccessMatrixTests.ObjectsAsync(host, owner, await host.InviteAsync(owner, "viewer"));
        var failed = new List<string>();
        foreach (var route in Reading())
        {
            using var response = await owner.Http.GetAsync(
                Parameter().Replace(route, name => ids.GetValueOrDefault(name.Groups[1].Value, $"{Guid.NewGuid()}")),
                HttpCompletionOption.ResponseHeadersRead,
                Ct
            );
            if ((int)response.StatusCode >= 500)
            {
                failed.Add($"{route}: {await response.Content.ReadAsStringAsync(Ct)}");
            }
        }

        Assert.Empty(failed);
    }

    [Fact]
    public void Every_route_is_walked() => Assert.Equal(AuditRouteTests.Silent.Keys.Order(), SilentRoutes.Uses.Keys.Order());

    [Fact]
    public async Task Who_asks_for_a_second_connection_is_told()
    {
        var pools = host.Services.GetRequiredService<PostgresPools>();
        await using var held = await pools.Lookup.OpenConnectionAsync(Ct);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await pools.Lookup.OpenConnectionAsync(Ct));

        Assert.Contains("lookup", error.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Reading() =>
        from source in host.Services.GetServices<EndpointDataSource>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        where !GrpcCalls.IsGrpc(endpoint) && endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Contains("GET")
        select $"/{endpoint.RoutePattern.RawText!.Trim('/')}";

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();

    /// <summary>With one connection for each role, for which nobody waits long.</summary>
    public sealed class Host : ApiHost
    {
        protected override void Configure(IServiceCollection services)
        {
            var impatient = new NpgsqlConnectionStringBuilder(Database.AdminConnectionString) { Timeout = 5 }.ConnectionString;
            services.AddSingleton(sp => new PostgresPools(
                RoleConnections.From(impatient, null, new PoolSizes(1, 1, 1)),
                sp.GetRequiredService<ILoggerFactory>()
            ));
        }
    }
}
