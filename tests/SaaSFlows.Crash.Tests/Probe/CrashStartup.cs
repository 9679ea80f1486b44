using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Running;

[assembly: HostingStartup(typeof(SaaSFlows.Crash.Tests.Probe.CrashStartup))]

namespace SaaSFlows.Crash.Tests.Probe;

/// <summary>Runs inside a Host process, before its own composition: the probe registered here wins.</summary>
public sealed class CrashStartup : IHostingStartup
{
    public const string Variable = "SAASFLOWS_TESTS_CRASH_AT";

    public void Configure(IWebHostBuilder builder)
    {
        if (Enum.TryParse<CrashPoint>(Environment.GetEnvironmentVariable(Variable), out var point))
        {
            builder.ConfigureServices(services => services.AddSingleton<ICrashProbe>(new KillingProbe(point)));
        }
    }

    private sealed class KillingProbe(CrashPoint at) : ICrashProbe
    {
        public void Reached(CrashPoint point)
        {
            if (point == at)
            {
                using var self = System.Diagnostics.Process.GetCurrentProcess();
                self.Kill();
            }
        }
    }
}
