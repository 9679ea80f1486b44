using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.DataProtection;
using SaaSFlows.Api.Browsers;
using SaaSFlows.Postgres.Jobs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Host.Jobs;

/// <summary>Puts the platform's recurring jobs together.</summary>
internal static class JobComposition
{
    private const string Path = "/operations/jobs";

    public static void AddJobs(this IServiceCollection services, RoleConnections connections, JobOptions options, bool areRunHere)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => JobTables.Open(connections));
        services.AddSingleton(provider => new JobRunner(provider.GetServices<PlatformJob>(), provider.GetRequiredService<ILogger<JobRunner>>()));
        // What the dashboard looks for. Hangfire's own registration sets things for the whole process, which may hold several hosts.
        services.AddSingleton<IGlobalConfiguration>(GlobalConfiguration.Configuration.UseSimpleAssemblyNameTypeSerializer());
        services.AddSingleton(DashboardRoutes.Routes);
        services.AddAntiforgery();
        // Only the dashboard's forms are protected by it. The usual one writes its keys to disk, where an installation can't.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        if (areRunHere && options.Enabled)
        {
            services.AddHostedService<JobServer>();
        }
    }

    /// <summary>The dashboard, for operators.</summary>
    public static void UseJobDashboard(this WebApplication app)
    {
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase),
            branch =>
                branch.Use(
                    (http, next) =>
                    {
                        BrowserSecurity.Page(http, "'unsafe-inline'");
                        return next(http);
                    }
                )
        );
        app.UseHangfireDashboard(
            Path,
            new DashboardOptions
            {
                Authorization = [new DashboardAccess(app.Services.GetRequiredService<JobOptions>())],
                AppPath = null,
                DashboardTitle = "SaaSFlows jobs",
                DisplayStorageConnectionString = false,
            },
            app.Services.GetRequiredService<JobStorage>()
        );
    }
}
