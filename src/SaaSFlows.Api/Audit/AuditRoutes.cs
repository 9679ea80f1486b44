using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Api.Exports;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Audit;

/// <summary>Who changed what.</summary>
internal static class AuditRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/api/v1/audit");
        audit.MapGet("", ListAsync).Needs(Permission.ReadAudit);
        audit.MapGet("/verify", VerifyAsync).Needs(Permission.ReadAudit);
        audit.MapGet("/export", Export).Needs(Permission.ReadAudit);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AuditReader log, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query);
        var before = query.Id("before") is { } id ? new AuditEntryId(id) : (AuditEntryId?)null;
        var limit = (int)(query.Integer("limit", 1, 100) ?? 50);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var page = await log.PageAsync(http.Caller(), filter, before, limit + 1, ct);
        var shown = page.Take(limit).Select(AuditEntryBody.From).ToList();
        return Answers.Ok(new AuditPageBody(shown, page.Count > limit ? shown[^1].EntryId : null));
    }

    private static async Task<IResult> VerifyAsync(HttpContext http, AuditChain chain, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var number = query.Integer("number", 1, long.MaxValue);
        var hash = query.Hash("hash");
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var witness = number is { } kept && hash is not null ? new AuditSeal(kept, hash) : null;
        return Answers.Ok(AuditVerdictBody.From(await chain.VerifyAsync(http.Caller(), witness, ct)));
    }

    private static IResult Export(HttpContext http, AuditReader log, IOptions<JsonOptions> json)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query);
        var format = query.OneOf("format", "csv", "jsonl");
        return query.Refusal
            ?? (
                format == "csv"
                    ? new Export(http.Caller().TenantId, "text/csv; charset=utf-8", "audit.csv", ct => BeginAsync(asCsv: true, ct))
                    : new Export(http.Caller().TenantId, "application/x-ndjson", "audit.jsonl", ct => BeginAsync(asCsv: false, ct))
            );

        Task<AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>> BeginAsync(bool asCsv, CancellationToken ct)
        {
            var lines = AuditExport.LinesAsync(log.AllAsync(http.Caller(), filter, ct), asCsv, json.Value.SerializerOptions, ct);
            return Task.FromResult<AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>>(
                new AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>.Done(lines)
            );
        }
    }

    private static AuditFilter Filter(QueryReader query) =>
        new(
            query.Text("actor", 100),
            query.Text("action", 100),
            query.Text("target", 300),
            query.Time("from"),
            query.Time("to"),
            query.Text("search", 200)
        );
}
