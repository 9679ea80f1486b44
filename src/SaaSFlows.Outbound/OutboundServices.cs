using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SaaSFlows.Outbound;

/// <summary>Registration.</summary>
public static class OutboundServices
{
    /// <summary>Adds the one <see cref="OutboundHttp"/> of this process.</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services, OutboundOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => new OutboundHttp(options, provider.GetRequiredService<TimeProvider>()));
    }
}
