using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Outside;

/// <summary>
/// Passes the W3C trace context of a start on to the execution's calls and to the executions that it starts: in this process by the current activity,
/// to other processes in the execution's metadata. Without a collector it does nothing.
/// </summary>
internal sealed class ExecutionTraces(TenantDatabase database)
{
    private const string Key = "traceparent";
    private const string Sql = "select metadata from engine.executions where id = $1";
    private static readonly ActivitySource Source = new("SaaSFlows.Executions");

    /// <summary>Returns the metadata of an execution that is started in the current trace.</summary>
    public static JsonElement Mark(JsonElement metadata)
    {
        if (!Source.HasListeners() || Activity.Current is not { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return metadata;
        }

        var marked = metadata.ValueKind == JsonValueKind.Object ? JsonObject.Create(metadata)! : [];
        marked[Key] = id;
        return JsonSerializer.SerializeToElement(marked);
    }

    /// <summary>Starts a span for an outgoing call or the start of another execution. Returns null if there is no collector.</summary>
    public async ValueTask<Activity?> StartAsync(ExecutionRef execution, string name, ActivityKind kind, CancellationToken ct)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var parent = Activity.Current?.Context ?? await StoredAsync(execution, ct);
        return Source.StartActivity(name, kind, parent)?.SetTag("saasflows.execution_id", execution.Id.ToString());
    }

    private async Task<ActivityContext> StoredAsync(ExecutionRef execution, CancellationToken ct)
    {
        var scope = new TenantScope(execution.Tenant, CommunityScope.Of(execution.Community));
        var stored = await database.QueryAsync(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(Sql, execution.Id.Value);
                return await command.ExecuteScalarAsync(cancel) as byte[];
            },
            ct
        );
        return
            stored is { Length: > 0 }
            && JsonElement.Parse(stored).TryGetProperty(Key, out var text)
            && text.ValueKind == JsonValueKind.String
            && ActivityContext.TryParse(text.GetString(), null, isRemote: true, out var context)
            ? context
            : default;
    }
}
