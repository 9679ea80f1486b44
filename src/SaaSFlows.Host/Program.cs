using SaaSFlows.Host;
using SaaSFlows.Host.Configuration;
using SaaSFlows.Host.Operations;
using SaaSFlows.Host.Studio;

if (CommandLine.Run(args, Console.Out, Console.Error) is { } answered)
{
    return answered;
}

var builder = WebApplication.CreateBuilder(args);
try
{
    builder.Configuration.AddSettingAliases(builder.Environment.ContentRootPath);
    builder.ListenOnDefaultAddress();
    builder.Configuration.CheckAddresses();
    builder.AddOptionsFromConfiguration();
    StartFaults.HideFromLog(builder.Logging);
    if (await HealthVerb.RunAsync(args, builder.Configuration, CancellationToken.None) is { } health)
    {
        return health;
    }

    await using var checkout = await Checkout.SetUpAsync(builder);
    var roles = builder.Configuration.Roles();
    await builder.AddSaaSFlowsAsync(builder.Configuration.GetConnectionString("Postgres")!, roles, CancellationToken.None);
    if (roles == ProcessRoles.Migrate)
    {
        return 0;
    }

    var app = builder.Build();
    if (await TenantVerb.RunAsync(args, app.Services, Console.Out, CancellationToken.None) is { } exit)
    {
        return exit;
    }

    app.UseSaaSFlows(roles);
    app.UseStudio();
    if (builder.Configuration.Demo(checkout.IsOwnDatabase))
    {
        await app.Services.GetRequiredService<DemoTenant>().EnsureAsync(CancellationToken.None);
        app.Services.GetRequiredService<Welcome>().SignIn = new DemoSignIn(DemoTenant.Email, DemoTenant.Password);
    }

    app.WelcomeWhenStarted();
    app.Lifetime.ApplicationStarted.Register(StartFaults.ShowInLog);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFaults.Explain(e) is { } sentence)
{
    await Console.Error.WriteLineAsync(sentence);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
