using Microsoft.AspNetCore.HttpOverrides;
using SaaSFlows.Accounts;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Activities;
using SaaSFlows.Api;
using SaaSFlows.Automation;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Running;
using SaaSFlows.Host.Configuration;
using SaaSFlows.Host.Jobs;
using SaaSFlows.Host.Operations;
using SaaSFlows.Outbound;
using SaaSFlows.Postgres;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Host;

/// <summary>Puts the modules together.</summary>
internal static class Composition
{
    /// <summary>Migrates if this process does that, and registers what its roles need.</summary>
    /// <param name="admin">Connection string of a login that may make roles and schemas; only migrations use it as it is.</param>
    public static async Task AddSaaSFlowsAsync(this WebApplicationBuilder builder, string admin, ProcessRoles roles, CancellationToken ct)
    {
        var configuration = builder.Configuration;
        var database = configuration.Database();
        admin = database.Apply(admin);
        using var loggers = Logs.BeforeStart(configuration, configuration.Telemetry());
        var masterKeys = configuration.LoadMasterKeys(loggers.CreateLogger<MasterKeys>());
        var passwords = RolePasswords.DeriveFrom(Convert.ToHexString(masterKeys.Derive("postgres-roles")));
        await DatabaseStart.ReachAsync(
            roles.HasFlag(ProcessRoles.Migrate) ? admin : RoleConnections.From(admin, passwords).Engine,
            database.WaitAtStart,
            TimeProvider.System,
            loggers.CreateLogger("SaaSFlows.Start"),
            ct
        );
        if (roles.HasFlag(ProcessRoles.Migrate))
        {
            await Migrator.MigrateAsync(admin, new MigratorOptions { Passwords = passwords }, loggers.CreateLogger("SaaSFlows.Migrations"), ct);
        }

        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(masterKeys);
        var connections = RoleConnections.From(admin, passwords, database.PoolSizes());
        services.AddPostgres(connections, new(database.Patience));
        services.AddJobs(connections, configuration.Jobs(), roles.HasFlag(ProcessRoles.Scheduler));
        services.AddSingleton(configuration.Tenants());
        services.AddAccounts(configuration.AccessTokens(), configuration.Licensing(), configuration.Mail());
        services.AddOutbound(configuration.Outbound());
        services.AddBuiltInActivities();
        services.AddEngine(EngineLimits.Default, configuration.Worker(), new WorkerId(Guid.CreateVersion7()));
        services.AddAutomation(configuration.Webhooks(), configuration.LiveLogs());
        services.AddApi();
        // Whoever trusts a proxy's word about addresses (ASPNETCORE_FORWARDEDHEADERS_ENABLED) trusts it about the host too.
        services.PostConfigure<ForwardedHeadersOptions>(forwarded =>
            forwarded.ForwardedHeaders |=
                forwarded.ForwardedHeaders == ForwardedHeaders.None ? ForwardedHeaders.None : ForwardedHeaders.XForwardedHost
        );
        services.AddOperations(configuration);
        services.AddSingleton<DemoTenant>();
        if (roles.HasFlag(ProcessRoles.Api))
        {
            GrpcEndpoint.Add(builder, configuration.GrpcUrl());
            services.AddHostedService(provider => provider.GetRequiredService<AccessFeed>());
            services.AddSingleton(configuration.WarmUp());
            services.AddHostedService<WarmUp>();
        }

        if (roles.HasFlag(ProcessRoles.Worker))
        {
            services.AddHostedService(provider => provider.GetRequiredService<ExecutionWorker>());
        }

        if (roles.HasFlag(ProcessRoles.Scheduler))
        {
            services.AddPostgresMaintenance(configuration.Retention());
            services.AddAccountsMaintenance();
            services.AddAutomationMaintenance(configuration.Events(), configuration.Registry());
        }
    }

    /// <summary>Middleware and routes. A process without the api role answers health and status only.</summary>
    public static void UseSaaSFlows(this WebApplication app, ProcessRoles roles)
    {
        app.UseApi();
        app.MapStatus();
        if (roles.HasFlag(ProcessRoles.Api))
        {
            app.MapApi();
            app.UseJobDashboard();
        }
    }
}
