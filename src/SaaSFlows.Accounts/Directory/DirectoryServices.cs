using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Directory.Invitations;
using SaaSFlows.Accounts.Directory.Invitations.Internal;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Directory.Tenants.Internal;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Directory;

/// <summary>Registers tenants and what is in them: communities, members, invitations, and the keys of their secrets.</summary>
internal static class DirectoryServices
{
    public static IServiceCollection AddDirectory(this IServiceCollection services)
    {
        services.TryAddSingleton(new TenantOptions());
        return services
            .AddSingleton<IDataKeyStore, SqlDataKeyStore>()
            .AddInternalSingleton<TenantNames>()
            .AddInternalSingleton<TenantHandler>()
            .AddInternalSingleton<OwnTenantsHandler>()
            .AddInternalSingleton<TenantExport>()
            .AddInternalSingleton<TenantSuspension>()
            .AddInternalSingleton<TenantDeletion>()
            .AddInternalSingleton<CommunitiesHandler>()
            .AddInternalSingleton<CommunityMembersHandler>()
            .AddInternalSingleton<EntitiesHandler>()
            .AddInternalSingleton<MeHandler>()
            .AddInternalSingleton<MembersHandler>()
            .AddSingleton<InvitationMail>()
            .AddSingleton<IMailWriter>(provider => provider.GetRequiredService<InvitationMail>())
            .AddInternalSingleton<InvitationsHandler>()
            .AddInternalScoped<AcceptInvitationHandler>();
    }
}
