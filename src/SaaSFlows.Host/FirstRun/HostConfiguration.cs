using SaaSFlows.Host.Studio;

namespace SaaSFlows.Host.FirstRun;

/// <summary>The one place that names configuration sections.</summary>
internal static class HostConfiguration
{
    private const string DefaultAddress = "http://localhost:8070";

    public static void ListenOnDefaultAddress(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        string[] keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];
        if (keys.All(key => string.IsNullOrEmpty(configuration[key])) && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }
    }

    public static void AddOptionsFromConfiguration(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("SAASFLOWS_SKIP_STUDIO") == "1")
        {
            builder.Configuration["Studio:Build"] = "false";
        }

        builder.Services.AddOptions<StudioOptions>().BindConfiguration("Studio");
        builder.Services.AddSingleton<Welcome>();
    }

    public static StudioOptions Studio(this IConfiguration configuration) => configuration.GetSection("Studio").Get<StudioOptions>() ?? new();

    public static EmbeddedServerOptions EmbeddedServer(this IConfiguration configuration) =>
        configuration.GetSection("EmbeddedPostgres").Get<EmbeddedServerOptions>() ?? new();
}
