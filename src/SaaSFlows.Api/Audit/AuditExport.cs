using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using SaaSFlows.Accounts.Access.Audit;

namespace SaaSFlows.Api.Audit;

/// <summary>A log as the lines of a file.</summary>
internal static class AuditExport
{
    private static readonly string[] _columns =
    [
        "number",
        "at",
        "action",
        "actor_kind",
        "actor_id",
        "actor_name",
        "target_type",
        "target_id",
        "target_name",
        "address",
        "user_agent",
        "credential_kind",
        "credential_id",
        "correlation_id",
        "before",
        "after",
        "entry_id",
        "hash",
    ];

    /// <summary>An entry is a line. It need not fit into memory: one is made when it is asked for.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(
        IAsyncEnumerable<AuditRecord> entries,
        bool asCsv,
        JsonSerializerOptions json,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        if (asCsv)
        {
            yield return Encoding.UTF8.GetBytes(string.Join(',', _columns) + "\r\n");
        }

        await foreach (var entry in entries.WithCancellation(ct))
        {
            var body = AuditEntryBody.From(entry);
            yield return Encoding.UTF8.GetBytes(asCsv ? Csv(body) + "\r\n" : JsonSerializer.Serialize(body, json) + "\n");
        }
    }

    private static string Csv(AuditEntryBody entry) =>
        string.Join(
            ',',
            new[]
            {
                entry.Number?.ToString(CultureInfo.InvariantCulture),
                entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
                entry.Action,
                entry.Actor.Kind,
                entry.Actor.Id,
                entry.Actor.Name,
                entry.Target.Type,
                entry.Target.Id,
                entry.Target.Name,
                entry.Address,
                entry.UserAgent,
                entry.Credential?.Kind,
                entry.Credential?.Id,
                entry.CorrelationId,
                entry.Before?.GetRawText(),
                entry.After?.GetRawText(),
                entry.EntryId.ToString(),
                entry.Hash,
            }.Select(Field)
        );

    // A spreadsheet runs what begins like a formula (OWASP, CSV injection): an apostrophe makes it text.
    private static string Field(string? value) =>
        value switch
        {
            null or "" => "",
            _ when "=+-@\t\r".Contains(value[0], StringComparison.Ordinal) => $"\"'{Quoted(value)}\"",
            _ => $"\"{Quoted(value)}\"",
        };

    private static string Quoted(string value) => value.Replace("\"", "\"\"", StringComparison.Ordinal);
}
