using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Users of all tenants, through the lookup role.</summary>
internal sealed class IdentityDb(DbContextOptions<IdentityDb> options) : IdentityUserContext<User, Guid>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasDefaultSchema("accounts");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.Property(u => u.UserName).HasColumnType("text").IsRequired();
            user.Property(u => u.NormalizedUserName).HasColumnType("text").IsRequired();
            user.Property(u => u.Email).HasColumnType("text").IsRequired();
            user.Property(u => u.NormalizedEmail).HasColumnType("text").IsRequired();
        });
        ModelConventions.UseSnakeCase(builder);
    }
}
