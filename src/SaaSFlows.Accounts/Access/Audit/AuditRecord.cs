using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>A stored entry.</summary>
/// <param name="ActorKind"><c>user</c>, <c>webhook</c>, <c>system</c> or <c>anonymous</c>.</param>
/// <param name="ActorName">As it was at the time.</param>
/// <param name="Before">JSON; null for none.</param>
/// <param name="After">JSON; null for none.</param>
/// <param name="CredentialKind">The kind of credential: <c>session</c>, <c>api_key</c>, …</param>
/// <param name="Number">Its place in the tenant's chain, from 1; null until it is sealed, which takes a second.</param>
/// <param name="Hash">SHA-256 over the entry before it and itself; null until it is sealed.</param>
public sealed record AuditRecord(
    AuditEntryId Id,
    DateTimeOffset At,
    string ActorKind,
    string? ActorId,
    string? ActorName,
    string Action,
    string TargetType,
    string TargetId,
    string? TargetName,
    string? Before,
    string? After,
    string? Address,
    string? UserAgent,
    string? CredentialKind,
    string? CredentialId,
    string? CorrelationId,
    long? Number,
    ReadOnlyMemory<byte>? Hash
);
