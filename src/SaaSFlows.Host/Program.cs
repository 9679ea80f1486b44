using SaaSFlows.Host.FirstRun;
using SaaSFlows.Host.Studio;
using SaaSFlows.Postgres.Embedded;

var builder = WebApplication.CreateBuilder(args);
builder.ListenOnDefaultAddress();
builder.AddOptionsFromConfiguration();

try
{
    await using var local = await LocalSetup.RunAsync(builder);

    var app = builder.Build();
    app.MapGet("/health", () => Results.Ok());
    app.UseStudio();
    app.WelcomeWhenStarted();
    await app.RunAsync();
    return 0;
}
catch (LocalSetupException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
