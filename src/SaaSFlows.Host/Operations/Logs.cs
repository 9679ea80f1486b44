using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace SaaSFlows.Host.Operations;

/// <summary>How this process writes its log.</summary>
internal static class Logs
{
    /// <summary>For what is logged before the program's own services are there.</summary>
    public static ILoggerFactory BeforeStart(IConfiguration configuration, TelemetryOptions options) =>
        LoggerFactory.Create(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddConsole().AddLogs(options));

    /// <summary>Switches on what the options say. Needs a console.</summary>
    public static void AddLogs(this ILoggingBuilder logging, TelemetryOptions options)
    {
        logging.AddFilter("SaaSFlows.Requests", options.RequestLogs ? LogLevel.Information : LogLevel.None);
        if (options.JsonLogs)
        {
            logging.Services.TryAddSingleton(TimeProvider.System);
            logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }
    }
}
