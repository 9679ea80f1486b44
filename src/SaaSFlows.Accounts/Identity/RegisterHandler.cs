using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
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

    /// <summary>Creates user, tenant, ownership, a community and a web chat in one transaction.</summary>
    /// <returns>A session, or <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.EmailTaken"/>, or <see cref="AccountsError.Conflict"/> if
    /// the wanted slug is taken.</returns>
    public async Task<AccountsResult<Registration>> HandleAsync(Register command, CancellationToken ct)
    {
        var (name, email, password) = ((command.TenantName ?? "").Trim(), (command.Email ?? "").Trim(), command.Password ?? "");
        var errors = RegisterRules.Check(name, email, password);
        if (command.Slug is { } wanted && Slug.Check(wanted) is { } wrong)
        {
            errors["slug"] = [wrong];
        }

        if (errors.Count > 0)
        {
            return new AccountsError.Invalid(errors);
        }

        var user = new User
        {
            Id = Guid.CreateVersion7(),
            UserName = email,
            Email = email,
        };
        var created = await CreateAsync(user, password, name, command, ct);
        if (created is not AccountsResult<Made>.Done { Value: var made })
        {
            return ((AccountsResult<Made>.Failed)created).Error;
        }

        var caller = new Caller(new(user.Id), email, made.Tenant.TenantId, Role.Owner.Permissions(), CommunityAccess.WholeTenant);
        var session = await _sessions.OpenAsync(caller, new(caller.UserId, email, email), made.Tenant, command.ForCookie, command.From, ct);
        return new Registration(session, made.Community, made.Entity);
    }

    private async Task<AccountsResult<Made>> CreateAsync(User user, string password, string name, Register command, CancellationToken ct)
    {
        await using var transaction = await _db.Database.BeginTransactionAsync(ct);
        if (!await _users.TryCreateAsync(user, password))
        {
            return new AccountsError.EmailTaken();
        }

        // If two want the same slug at the same moment, the second one waits here for the first commit and gets another slug.
        var made = await CreateTenantAsync(user, name, command.Slug ?? Slug.From(name), ct);
        if (command.Slug is { } wanted && made.Tenant.Slug != wanted)
        {
            return new AccountsError.Conflict("slug.taken", "Another tenant has this slug. Choose another one.");
        }

        await _audit.WriteAsync(_db, TenantCreated(made.Tenant, user, command.From), ct);
        await transaction.CommitAsync(ct);
        return made;
    }

    private static AuditEntry TenantCreated(TenantSummary tenant, User owner, ClientInfo from) =>
        new(
            tenant.TenantId,
            AuditActor.User(new(owner.Id), owner.UserName!),
            AuditActions.TenantCreated,
            new("tenant", tenant.TenantId.ToString(), tenant.Name)
        )
        {
            After = new
            {
                tenant.Name,
                tenant.Slug,
                owner = owner.Email,
            },
            From = from,
        };

    private async Task<Made> CreateTenantAsync(User owner, string name, string slug, CancellationToken ct)
    {
        var tenant = new TenantId(Guid.CreateVersion7());
        await using var command = ((NpgsqlConnection)_db.Database.GetDbConnection()).Command(
            "select slug, community_id, entity_id from accounts.create_tenant($1, $2, $3, $4, $5, $6)",
            tenant.Value,
            name,
            slug,
            owner.Id,
            DefaultCommunity,
            DefaultEntity
        );
        var rows = await command.ListAsync(
            row =>
            {
                var community = new CommunityId(row.GetInt64(1));
                return new Made(
                    new(tenant, name, row.GetString(0)),
                    new(community, DefaultCommunity),
                    new(new(row.GetInt64(2)), community, DefaultEntity, "web_chat")
                );
            },
            ct
        );
        return rows.Single();
    }

    private sealed record Made(TenantSummary Tenant, CommunitySummary Community, EntitySummary Entity);
}
