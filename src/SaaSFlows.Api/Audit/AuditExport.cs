using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Audit;

namespace SaaSFlows.Api.Audit;

/// <summary>Writes a log as a file, entry by entry: it need not fit into memory.</summary>
internal sealed class AuditExport(IAsyncEnumerable<AuditRecord> entries, bool asCsv) : IResult
{
    private static readonly string[] _columns =
    [
        "number", "at", "action", "actor_kind", "actor_id", "actor_name", "target_type", "target_id", "target_name", "address", "user_agent",
        "credential_kind", "credential_id", "correlation_id", "before", "after", "entry_id", "hash",
    ];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var ct = httpContext.RequestAborted;
        var response = httpContext.Response;
        response.ContentType = asCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        response.Headers.ContentDisposition = asCsv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"";
        if (asCsv)
        {
            await WriteLineAsync(string.Join(',', _columns));
        }

        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await foreach (var entry in entries.WithCancellation(ct))
        {
            await WriteLineAsync(asCsv ? Csv(AuditEntryBody.From(entry)) : JsonSerializer.Serialize(AuditEntryBody.From(entry), json));
        }

        ValueTask WriteLineAsync(string line) => response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + (asCsv ? "\r\n" : "\n")), ct);
    }

    private static string Csv(AuditEntryBody entry) => string.Join(',', new[]
    {
        entry.Number?.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), entry.Action,
        entry.Actor.Kind, entry.Actor.Id, entry.Actor.Name, entry.Target.Type, entry.Target.Id, entry.Target.Name, entry.Address, entry.UserAgent,
        entry.Credential?.Kind, entry.Credential?.Id, entry.CorrelationId, entry.Before?.GetRawText(), entry.After?.GetRawText(), entry.EntryId.ToString(), entry.Hash,
    }.Select(Field));

    // A spreadsheet runs what begins like a formula (OWASP, CSV injection): an apostrophe makes it text.
    private static string Field(string? value) => value switch
    {
        null or "" => "",
        _ when "=+-@\t\r".Contains(value[0], StringComparison.Ordinal) => $"\"'{Quoted(value)}\"",
        _ => $"\"{Quoted(value)}\"",
    };

    private static string Quoted(string value) => value.Replace("\"", "\"\"", StringComparison.Ordinal);
}
