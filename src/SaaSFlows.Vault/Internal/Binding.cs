using SaaSFlows.Primitives;

namespace SaaSFlows.Vault.Internal;

/// <summary>The scope, purpose and record that an envelope is bound to.</summary>
internal readonly record struct Binding
{
    public Binding(TenantId? scope, string purpose, string recordId)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        ArgumentNullException.ThrowIfNull(recordId);
        if (scope?.Value == Guid.Empty)
        {
            // The empty id stands for the platform in the associated data.
            throw new ArgumentException("An empty tenant id is no tenant.", nameof(scope));
        }

        (Scope, Purpose, RecordId) = (scope, purpose, recordId);
    }

    public TenantId? Scope { get; }

    public string Purpose { get; }

    public string RecordId { get; }
}
