using System.Text.Json;
using Npgsql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>A stored event.</summary>
/// <param name="Number">1, 2, 3, … within the tenant, in the order of the commits.</param>
/// <param name="Community">Where it happened; null for the whole tenant.</param>
/// <param name="Version">1, 2, 3, … within the aggregate and its place; null without an aggregate.</param>
/// <param name="Data">Undefined for none.</param>
/// <param name="Metadata">An object; undefined for none.</param>
public sealed record StoredEvent(
    EventId Id,
    long Number,
    CommunityId? Community,
    string? AggregateId,
    string? AggregateType,
    long? Version,
    string Type,
    JsonElement Data,
    JsonElement Metadata,
    UserId PublishedBy,
    DateTimeOffset PublishedAt
)
{
    internal const string Columns =
        "e.id, e.number, e.community_id, e.aggregate_id, e.aggregate_type, e.version, e.event_type, e.data, e.metadata, e.published_by, "
        + "e.published_at";

    /// <summary>The event before it has a number and a version.</summary>
    internal static StoredEvent Of(EventId id, UserId by, CommunityId? place, NewEvent news, DateTimeOffset at) =>
        new(id, 0, place, news.AggregateId, news.AggregateType, null, news.Type!, news.Data, news.Metadata, by, at);

    /// <summary>Returns the event in the form that triggers and waits use.</summary>
    internal JsonElement Payload() =>
        JsonSerializer.SerializeToElement(
            new
            {
                event_id = Id.Value,
                event_type = Type,
                data = OrNull(Data),
                aggregate_id = AggregateId,
                aggregate_type = AggregateType,
                metadata = OrNull(Metadata),
                published_at = PublishedAt.UtcDateTime,
            }
        );

    internal static async Task<List<StoredEvent>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(
                new(
                    new(reader.GetGuid(0)),
                    reader.GetInt64(1),
                    reader.IsDBNull(2) ? null : new CommunityId(reader.GetInt64(2)),
                    reader.IsDBNull(3) ? null : reader.GetString(3),
                    reader.IsDBNull(4) ? null : reader.GetString(4),
                    reader.IsDBNull(5) ? null : reader.GetInt64(5),
                    reader.GetString(6),
                    Json(reader, 7),
                    Json(reader, 8),
                    new(reader.GetGuid(9)),
                    reader.GetFieldValue<DateTimeOffset>(10)
                )
            );
        }

        return found;
    }

    private static JsonElement Json(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? default : JsonElement.Parse(reader.GetFieldValue<byte[]>(column));

    private static JsonElement? OrNull(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : value;
}

/// <summary>Filters for events; null matches any.</summary>
public sealed record EventFilter(string? AggregateId, string? AggregateType, string? Type, CommunityId? Community)
{
    /// <summary>Conditions on <c>e</c>, beginning with «and».</summary>
    internal string Where(NpgsqlCommand command)
    {
        var conditions = "";
        foreach (var (column, value) in new[] { ("aggregate_id", AggregateId), ("aggregate_type", AggregateType), ("event_type", Type) })
        {
            if (value is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
                conditions += $" and e.{column} = ${command.Parameters.Count}";
            }
        }

        if (Community is { } community)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = community.Value });
            conditions += $" and e.community_id = ${command.Parameters.Count}";
        }

        return conditions;
    }
}
