using System.Text.Json;
using Npgsql;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>The results of children for their parents.</summary>
internal sealed class ChildResults(TenantDatabase database)
{
    private const string Columns =
        "select workflow_id, status, output, error_code, error_message, error_node, parent_execution_id, parent_bookmark_id from "
        + "engine.executions where id = $1";

    /// <summary>Returns the result of an ended child and the bookmark of its parent; null if the child has been deleted or no parent waits.</summary>
    public Task<ChildEnd?> FindAsync(TenantId tenant, ExecutionId child, CancellationToken ct) =>
        database.QueryAsync(new TenantScope(tenant, CommunityScope.All), (connection, cancel) => ReadAsync(connection, child, cancel), ct);

    /// <summary>Returns the same without the result, for a child whose result can't be read.</summary>
    public Task<ChildEnd?> FindLostAsync(TenantId tenant, ExecutionId child, CancellationToken ct) =>
        database.QueryAsync(
            new TenantScope(tenant, CommunityScope.All),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select workflow_id, parent_execution_id, parent_bookmark_id from engine.executions where id = $1 and parent_bookmark_id is "
                        + "not null",
                    child.Value
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                return await reader.ReadAsync(cancel)
                    ? new ChildEnd(
                        new(reader.GetGuid(1)),
                        new(reader.GetGuid(2)),
                        JsonSerializer.SerializeToElement(
                            new
                            {
                                execution_id = child.Value,
                                workflow_id = reader.GetGuid(0),
                                status = "unknown",
                                output = (string?)null,
                                error = (string?)null,
                            }
                        )
                    )
                    : null;
            },
            ct
        );

    /// <summary>
    /// Moves the notification of a child's end to another bookmark. Returns the result if the child has ended already and will not notify.
    /// </summary>
    public Task<JsonElement?> MoveAsync(ExecutionRef parent, ExecutionId child, BookmarkId bookmark, CancellationToken ct) =>
        database.QueryAsync(
            new TenantScope(parent.Tenant, CommunityScope.Of(parent.Community)),
            async (connection, cancel) =>
            {
                await using var move = connection.Command("select engine.move_child($1, $2, $3)", child.Value, parent.Id.Value, bookmark.Value);
                return await move.ExecuteScalarAsync(cancel) is true ? (await ReadAsync(connection, child, cancel))?.Result : null;
            },
            ct
        );

    private static async Task<ChildEnd?> ReadAsync(NpgsqlConnection connection, ExecutionId child, CancellationToken ct)
    {
        await using var command = connection.Command(Columns, child.Value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct) || await reader.IsDBNullAsync(6, ct) || await reader.IsDBNullAsync(7, ct))
        {
            return null;
        }

        var status = (ExecutionStatus)reader.GetInt16(1);
        var result = JsonSerializer.SerializeToElement(
            new Dictionary<string, object?>
            {
                ["execution_id"] = child.Value,
                ["workflow_id"] = reader.GetGuid(0),
                ["status"] = status.ToString().ToLowerInvariant(),
                ["output"] = await reader.IsDBNullAsync(2, ct) ? null : JsonElement.Parse(reader.GetFieldValue<byte[]>(2)),
                ["error"] =
                    status != ExecutionStatus.Failed
                        ? null
                        : new
                        {
                            code = await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3),
                            message = await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4),
                            node = await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5),
                        },
            }
        );
        return new ChildEnd(new(reader.GetGuid(6)), new(reader.GetGuid(7)), result);
    }
}

/// <summary>An ended child.</summary>
/// <param name="Bookmark">The bookmark at which the parent waits.</param>
internal sealed record ChildEnd(ExecutionId Parent, BookmarkId Bookmark, JsonElement Result);
