using SaaSFlows.Primitives;

namespace SaaSFlows.Vault.Internal;

internal readonly record struct CacheKey(TenantId? Scope, DataKeyId Id);
