using SaaSFlows.Accounts.Directory.Tenants;

namespace SaaSFlows.Host;

/// <summary>The operator's command line: <c>tenant suspend SLUG</c> and <c>tenant resume SLUG</c>.</summary>
internal static class TenantVerb
{
    /// <summary>Null if the arguments are no such command: then the program serves.</summary>
    public static async Task<int?> RunAsync(string[] args, IServiceProvider services, TextWriter output, CancellationToken ct)
    {
        if (args is not ["tenant", "suspend" or "resume", var slug, ..])
        {
            return null;
        }

        var status = await services.GetRequiredService<TenantSuspension>().SetAsync(slug, args[1] == "suspend", ct);
        await output.WriteLineAsync(status is null ? $"There is no tenant {slug}." : $"The tenant {slug} is {status} now.");
        return status == (args[1] == "suspend" ? "suspended" : "active") ? 0 : 1;
    }
}
