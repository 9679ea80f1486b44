using SaaSFlows.Postgres.Health;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Host.Operations;

/// <summary>
/// Makes every logger. Errors that an outage of the database explains become debug lines, whoever logs them: the pulse tells of the outage, once. So
/// do reports of ill health, which whoever asks for them gets. What ends the process is critical, and stays.
/// </summary>
internal sealed class OutageLogging(IServiceProvider services) : ILoggerFactory
{
    private readonly LoggerFactory _inner = ActivatorUtilities.CreateInstance<LoggerFactory>(services);

    public ILogger CreateLogger(string categoryName) =>
        new QuietLogger(
            _inner.CreateLogger(categoryName),
            categoryName.StartsWith("Microsoft.Extensions.Diagnostics.HealthChecks", StringComparison.Ordinal),
            services
        );

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    public void Dispose() => _inner.Dispose();

    private sealed class QuietLogger(ILogger inner, bool isOfHealth, IServiceProvider services) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is null)
            {
                logLevel = isOfHealth ? LogLevel.Debug : logLevel;
            }
            else if (
                logLevel is > LogLevel.Debug and < LogLevel.Critical
                && DatabaseFaults.IsAway(exception)
                && services.GetService<DatabasePulse>() is { } pulse
                && pulse.Explains(exception)
            )
            {
                logLevel = LogLevel.Debug;
            }

            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
