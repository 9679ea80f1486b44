using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Registers a user with a tenant. Scoped.</summary>
public sealed class RegisterHandler
{
    private const string DefaultCommunity = "General";
    private const string DefaultEntity = "Web chat";

    private readonly IdentityDb _db;
    private readonly UserManager<User> _users;
    private readonly SessionOpener _sessions;
    private readonly AuditLog _audit;

    internal RegisterHandler(IdentityDb db, UserManager<User> users, SessionOpener sessions, AuditLog audit) =>
        (_db, _users, _sessions, _audit) = (db, users, sessions, audit);

    /// <summary>All of it or nothing: user, tenant, ownership, a community and a web chat, in one transaction.</summary>
    /// <returns>A session, or <see cref="AccountsError.Invalid"/> or <see cref="AccountsError.EmailTaken"/>.</returns>
    public async Task<AccountsResult<Registration>> HandleAsync(Register command, CancellationToken ct)
    {
        var (name, email, password) = ((command.TenantName ?? "").Trim(), (command.Email ?? "").Trim(), command.Password ?? "");
        if (RegisterRules.Check(name, email, password) is { Count: > 0 } errors)
        {
            return new AccountsError.Invalid(errors);
        }

        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email };
        if (await CreateAsync(user, password, name, command.From, ct) is not { } made)
        {
            return new AccountsError.EmailTaken();
        }

        var caller = new Caller(new(user.Id), email, made.Tenant.TenantId, Role.Owner.Permissions(), CommunityAccess.WholeTenant);
        var session = await _sessions.OpenAsync(caller, new(caller.UserId, email, email), made.Tenant, command.ForCookie, command.From, ct);
        return new Registration(session, made.Community, made.Entity);
    }

    /// <summary>Null if the address is taken.</summary>
    private async Task<Made?> CreateAsync(User user, string password, string tenantName, ClientInfo from, CancellationToken ct)
    {
        try
        {
            await using var transaction = await _db.Database.BeginTransactionAsync(ct);
            var created = await _users.CreateAsync(user, password);
            if (!created.Succeeded)
            {
                return created.Errors.All(e => e.Code is nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))
                    ? null
                    : throw new InvalidOperationException($"Identity refused what RegisterRules accepted: {string.Join(", ", created.Errors.Select(e => e.Code))}.");
            }

            var made = await CreateTenantAsync(user, tenantName, ct);
            await _audit.WriteAsync(_db, TenantCreated(made.Tenant, user, from), ct);
            await transaction.CommitAsync(ct);
            return made;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Two registrations of one address passed Identity's check together; the index let one through.
            return null;
        }
    }

    private static AuditEntry TenantCreated(TenantSummary tenant, User owner, ClientInfo from) =>
        new(tenant.TenantId, AuditActor.User(new(owner.Id), owner.UserName!), AuditActions.TenantCreated, new("tenant", tenant.TenantId.ToString(), tenant.Name))
        {
            After = new { tenant.Name, tenant.Slug, owner = owner.Email },
            From = from,
        };

    private async Task<Made> CreateTenantAsync(User owner, string name, CancellationToken ct)
    {
        var tenant = new TenantId(Guid.CreateVersion7());
        await using var command = ((NpgsqlConnection)_db.Database.GetDbConnection()).Command(
            "select slug, community_id, entity_id from accounts.create_tenant($1, $2, $3, $4, $5, $6)",
            tenant.Value, name, Slug.From(name), owner.Id, DefaultCommunity, DefaultEntity);
        var rows = await command.ListAsync(
            row =>
            {
                var community = new CommunityId(row.GetInt64(1));
                return new Made(
                    new(tenant, name, row.GetString(0)), new(community, DefaultCommunity), new(new(row.GetInt64(2)), community, DefaultEntity, "web_chat"));
            },
            ct);
        return rows.Single();
    }

    private sealed record Made(TenantSummary Tenant, CommunitySummary Community, EntitySummary Entity);
}
