using SaaSFlows.Api.Overload;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Exports;

/// <summary>Counts the exports of each tenant while they run. Singleton, safe for concurrent use.</summary>
internal sealed class RunningExports(ExportOptions options)
{
    private readonly TenantLimit _limit = new(options.PerTenant);

    public ExportOptions Options => options;

    /// <summary>Null if the tenant has as many as it may. Dispose of it when the export ends.</summary>
    public IDisposable? TryBegin(TenantId tenant) => _limit.TryBegin(tenant);
}
