using System.Diagnostics.Metrics;
using SaaSFlows.Accounts.Access.Licensing;

namespace SaaSFlows.Api.Wire;

/// <summary>Counts refusals for a limit's sake: plans, quotas, rates. The limit is called by its dotted code, one of a fixed list.</summary>
internal sealed class LimitCount(IMeterFactory meters, LicensingOptions licensing)
{
    private readonly Counter<long> _hits = meters
        .Create("SaaSFlows.Api")
        .CreateCounter<long>("saasflows.limits.hit", null, "Requests refused with 402 or 429, by the limit.");

    public void Hit(string reason) => _hits.Add(1, new("plan", licensing.Plan), new("limit", reason));
}
