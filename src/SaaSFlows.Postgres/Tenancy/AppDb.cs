using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>One tenant's tables, inside a transaction of <see cref="TenantDatabase"/>. Modules add theirs through <see cref="IModelPart"/>.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    /// <summary>Name of the query filter on the tenant. Row-level security says the same, whether it is ignored or not.</summary>
    public const string TenantFilter = "tenant";

    /// <summary>Name of the query filter on the caller's communities.</summary>
    public const string CommunityFilter = "community";

    private TenantScope? _scope;

    /// <summary>The tenant of the transaction.</summary>
    public TenantId Tenant => Scope.Tenant;

    // Read by the query filters, by name.
    internal bool AllCommunities => Scope.Communities.IsAll;

    internal IReadOnlyList<CommunityId> Communities => Scope.Communities.Communities;

    private TenantScope Scope => _scope ?? throw new InvalidOperationException("AppDb is used outside of TenantDatabase.RunAsync: no tenant is set.");

    /// <summary>In queries: the text in Unicode NFC, to be compared with what <see cref="Nfc.Of"/> makes.</summary>
    /// <exception cref="InvalidOperationException">Called outside of a query.</exception>
    public static string Composed(string text) => throw new InvalidOperationException("Only the database can do this.");

    internal void Enter(TenantScope entered) => _scope = entered;

    internal void Leave() => _scope = null;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => ModelConventions.Configure(configurationBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var part in this.GetService<ModelParts>().Parts)
        {
            part.Build(modelBuilder);
        }

        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.BaseType is null))
        {
            AddFilters(entity);
        }

        modelBuilder.HasDbFunction(typeof(AppDb).GetMethod(nameof(Composed))!).HasName("normalize").IsBuiltIn();
        ModelConventions.UseSnakeCase(modelBuilder);
    }

    private void AddFilters(IMutableEntityType entity)
    {
        var row = Expression.Parameter(entity.ClrType, "row");
        if (typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
        {
            var same = Expression.Equal(
                Expression.Property(row, nameof(ITenantOwned.TenantId)),
                Expression.Property(Expression.Constant(this), nameof(Tenant))
            );
            entity.SetQueryFilter(TenantFilter, Expression.Lambda(same, row));
        }

        if (typeof(ICommunityOwned).IsAssignableFrom(entity.ClrType))
        {
            var contains = Expression.Call(
                typeof(Enumerable),
                nameof(Enumerable.Contains),
                [typeof(CommunityId)],
                Expression.Property(Expression.Constant(this), nameof(Communities)),
                Expression.Property(row, nameof(ICommunityOwned.CommunityId))
            );
            var sees = Expression.OrElse(Expression.Property(Expression.Constant(this), nameof(AllCommunities)), contains);
            entity.SetQueryFilter(CommunityFilter, Expression.Lambda(sees, row));
        }
    }
}
