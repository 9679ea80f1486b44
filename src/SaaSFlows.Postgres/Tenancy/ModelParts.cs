using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>All registered parts of the model.</summary>
internal sealed class ModelParts(IEnumerable<IModelPart> parts)
{
    public IReadOnlyList<IModelPart> Parts { get; } = [.. parts];
}

/// <summary>Two hosts in one process may have different parts: EF Core must not hand one the other's model.</summary>
internal sealed class ModelPartsCacheKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) =>
        (string.Join(',', context.GetService<ModelParts>().Parts.Select(p => p.GetType().AssemblyQualifiedName)), designTime);
}
