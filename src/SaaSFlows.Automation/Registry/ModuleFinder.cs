using SaaSFlows.Activities.Modules;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Registry;

/// <summary>Chooses services for workflows, with the permissions of the execution's tenant and community.</summary>
internal sealed class ModuleFinder(TenantDatabase database) : IModules
{
    public async ValueTask<ModuleChoice> ChooseAsync(ExecutionRef execution, string name, string? version, int attempt, CancellationToken ct)
    {
        var known = await database.QueryAsync(
            new TenantScope(execution.Tenant, CommunityScope.Of(execution.Community)),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    $"select {ServiceRows.Columns} from automation.services s where s.tenant_id = tenancy.tenant() and s.name = $1 and ($2::text "
                        + "is null or s.version = $2) order by s.id",
                    name.Replace('\0', '\uFFFD'),
                    version?.Replace('\0', '\uFFFD')
                );
                return await ServiceRows.ReadAsync(command, cancel);
            },
            ct
        );
        // A service that was never checked is better than none.
        var usable = known.FindAll(service => service.Status == "healthy") is { Count: > 0 } healthy
            ? healthy
            : known.FindAll(service => service.Status == "unknown");
        return (known.Count, usable.Count) switch
        {
            (0, _) => new ModuleChoice.Failed(
                "module.not_found",
                $"No module '{name}'{(version is null ? "" : $" of the version '{version}'")} is registered for this community.",
                Retryable: false
            ),
            (_, 0) => new ModuleChoice.Failed("module.unhealthy", $"No instance of the module '{name}' is healthy.", Retryable: true),
            // Executions spread over the instances; a second try goes to the next one.
            _ => new ModuleChoice.Found(new Uri(usable[(int)(((uint)execution.Id.GetHashCode() + (uint)attempt) % (uint)usable.Count)].Url)),
        };
    }
}
