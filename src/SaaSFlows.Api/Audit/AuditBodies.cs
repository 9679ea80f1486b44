using System.Text.Json;
using SaaSFlows.Accounts.Access.Audit;

namespace SaaSFlows.Api.Audit;

/// <summary>A page of the log.</summary>
/// <param name="NextBefore">For the next page; null on the last one.</param>
internal sealed record AuditPageBody(IReadOnlyList<AuditEntryBody> Entries, Guid? NextBefore);

/// <summary>An entry of the log.</summary>
internal sealed record AuditEntryBody(
    Guid EntryId,
    DateTimeOffset At,
    AuditActorBody Actor,
    string Action,
    AuditTargetBody Target,
    JsonElement? Before,
    JsonElement? After,
    string? Address,
    string? UserAgent,
    AuditCredentialBody? Credential,
    string? CorrelationId,
    long? Number,
    string? Hash
)
{
    public static AuditEntryBody From(AuditRecord entry) =>
        new(
            entry.Id.Value,
            entry.At,
            new(entry.ActorKind, entry.ActorId, entry.ActorName),
            entry.Action,
            new(entry.TargetType, entry.TargetId, entry.TargetName),
            entry.Before is { } before ? JsonElement.Parse(before) : null,
            entry.After is { } after ? JsonElement.Parse(after) : null,
            entry.Address,
            entry.UserAgent,
            entry is { CredentialKind: { } kind, CredentialId: { } id } ? new(kind, id) : null,
            entry.CorrelationId,
            entry.Number,
            entry.Hash is { } hash ? Convert.ToHexStringLower(hash.Span) : null
        );
}

internal sealed record AuditActorBody(string Kind, string? Id, string? Name);

internal sealed record AuditTargetBody(string Type, string Id, string? Name);

internal sealed record AuditCredentialBody(string Kind, string Id);

/// <summary>What recomputing the chain found.</summary>
/// <param name="WitnessConfirmed">Null if the request brought none.</param>
internal sealed record AuditVerdictBody(
    bool IsIntact,
    AuditSealBody Head,
    AuditBreakBody? FirstBroken,
    AuditTailBody Unsealed,
    bool? WitnessConfirmed
)
{
    public static AuditVerdictBody From(AuditVerdict verdict) =>
        new(
            verdict is { Break: null, WitnessConfirmed: not false },
            new(verdict.Head.Number, Convert.ToHexStringLower(verdict.Head.Hash.Span)),
            verdict.Break is { } found ? new(found.Number, found.Kind.ToString().ToLowerInvariant()) : null,
            new(verdict.Unsealed.Length, [.. verdict.Unsealed.First.Select(entry => new AuditUnsealedBody(entry.Id.Value, entry.At, entry.Action))]),
            verdict.WitnessConfirmed
        );
}

internal sealed record AuditSealBody(long Number, string Hash);

/// <param name="Problem">missing, changed or unexpected.</param>
internal sealed record AuditBreakBody(long Number, string Problem);

/// <param name="Entries">The first hundred.</param>
internal sealed record AuditTailBody(long Length, IReadOnlyList<AuditUnsealedBody> Entries);

internal sealed record AuditUnsealedBody(Guid EntryId, DateTimeOffset At, string Action);
