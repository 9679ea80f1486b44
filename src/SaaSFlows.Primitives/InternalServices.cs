using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace SaaSFlows.Primitives;

/// <summary>
/// Registers public classes with an internal constructor that takes internal types. The container itself calls only public constructors.
/// </summary>
public static class InternalServices
{
    /// <summary>One instance for the whole process.</summary>
    /// <exception cref="InvalidOperationException">The class has more than one constructor.</exception>
    public static IServiceCollection AddInternalSingleton<T>(this IServiceCollection services)
        where T : class => services.AddSingleton(Factory<T>());

    /// <summary>One instance for each scope, such as a request.</summary>
    /// <exception cref="InvalidOperationException">The class has more than one constructor.</exception>
    public static IServiceCollection AddInternalScoped<T>(this IServiceCollection services)
        where T : class => services.AddScoped(Factory<T>());

    private static Func<IServiceProvider, T> Factory<T>()
        where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        var invoker = ConstructorInvoker.Create(constructor);
        var services = constructor.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return provider => (T)invoker.Invoke(services.Select(provider.GetRequiredService).ToArray<object?>().AsSpan());
    }
}
