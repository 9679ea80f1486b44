namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>An owner who is replaced when a request ended their session, which some requests do: they are good by chance.</summary>
internal sealed class FuzzCaller(ApiHost host)
{
    private Member? owner;

    public IReadOnlyDictionary<string, string> Objects { get; private set; } = new Dictionary<string, string>();

    public string Authorization => $"{owner!.Http.DefaultRequestHeaders.Authorization}";

    public async Task RenewAsync()
    {
        owner?.Http.Dispose();
        owner = await host.RegisterAsync();
        Objects = await AccessMatrixTests.ObjectsAsync(host, owner, await host.InviteAsync(owner, "viewer"));
    }

    /// <summary>Whether a workflow still runs from start to end.</summary>
    public async Task<string> RunAsync()
    {
        var ended = await owner!.EndedAsync(await owner.StartAsync(await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)));
        return ended.GetProperty("status").GetString()!;
    }
}
