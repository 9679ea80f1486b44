using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities;

/// <summary>What is built in: every activity of this project.</summary>
public static class ActivityServices
{
    /// <summary>Registers every activity of this project. Needs the ports that README.md names.</summary>
    public static IServiceCollection AddBuiltInActivities(this IServiceCollection services)
    {
        foreach (var activity in typeof(ActivityServices).Assembly.GetTypes().Where(IsActivity))
        {
            services.AddSingleton(typeof(IActivity), activity);
        }

        return services;
    }

    private static bool IsActivity(Type type) => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(IActivity));
}
