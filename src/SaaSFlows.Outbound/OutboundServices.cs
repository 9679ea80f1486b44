using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SaaSFlows.Outbound;

/// <summary>Registration.</summary>
public static class OutboundServices
{
    /// <summary>Adds <see cref="OutboundHttp"/> as a singleton.</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services, OutboundOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => new OutboundHttp(options, provider.GetRequiredService<TimeProvider>()));
    }
}
