using System.Text.Json;
using Npgsql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Registry;

/// <summary>Reads services.</summary>
internal static class ServiceRows
{
    public const string Columns =
        "s.id, s.community_id, s.name, s.url, s.health_check_url, s.metadata, s.status, s.latency_ms, s.last_error, s.checked_at, s.registered_at";

    public static async Task<List<RegisteredService>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<RegisteredService>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(
                new(
                    new ServiceId(reader.GetGuid(0)),
                    reader.IsDBNull(1) ? null : new CommunityId(reader.GetInt64(1)),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    JsonElement.Parse(reader.GetFieldValue<byte[]>(5)),
                    reader.GetString(6),
                    reader.IsDBNull(7) ? null : reader.GetDouble(7),
                    reader.IsDBNull(8) ? null : reader.GetString(8),
                    reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9),
                    reader.GetFieldValue<DateTimeOffset>(10)
                )
            );
        }

        return found;
    }
}
