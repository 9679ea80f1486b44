using System.Runtime.Loader;

#pragma warning disable CA1050, IDE0130, MA0047 // The runtime looks for exactly this name.

/// <summary>
/// Loads this assembly into a Host process that names it in <c>DOTNET_STARTUP_HOOKS</c>, so that
/// <see cref="SaaSFlows.Crash.Tests.Probe.CrashStartup"/> is found there.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime before <c>Main</c>.</summary>
    public static void Initialize() =>
        // The Host does not list what a test assembly refers to; it is in the same folder.
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            Path.Combine(AppContext.BaseDirectory, name.Name + ".dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
}
