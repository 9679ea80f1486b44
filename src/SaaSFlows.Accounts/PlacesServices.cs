using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Directory.Invitations;
using SaaSFlows.Accounts.Directory.Invitations.Internal;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers tenants and what is in them.</summary>
internal static class PlacesServices
{
    public static IServiceCollection AddPlaces(this IServiceCollection services, MailOptions mail)
    {
        services.AddSingleton(sp => new CommunitiesHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new EntitiesHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new CommunityMembersHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton<InvitationMail>();
        services.AddSingleton<IMailWriter>(sp => sp.GetRequiredService<InvitationMail>());
        services.AddSingleton(sp => new InvitationsHandler(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<InvitationMail>(),
            sp.GetRequiredService<MailOutbox>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddScoped(sp => new AcceptInvitationHandler(
            sp.GetRequiredService<IdentityDb>(),
            sp.GetRequiredService<UserManager<User>>(),
            sp.GetRequiredService<SignInHandler>(),
            sp.GetRequiredService<SignInChallenges>(),
            sp.GetRequiredService<SessionOpener>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(new TenantOptions());
        services.AddSingleton(sp => new TenantNames(sp.GetRequiredService<PostgresPools>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new OwnTenantsHandler(sp.GetRequiredService<PostgresPools>(), sp.GetRequiredService<SessionOpener>()));
        services.AddSingleton(sp => new TenantHandler(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TenantOptions>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new TenantExport(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new TenantDeletion(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AuditTombstones>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<TenantDeletion>>()
        ));
        services.AddSingleton(sp => new TenantSuspension(sp.GetRequiredService<PostgresPools>()));
        return services;
    }
}
