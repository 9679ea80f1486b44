using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>Keeps the exceptions that became answers, by correlation id: those tell where the bug is.</summary>
internal sealed class FailureLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> failures = [];

    /// <summary>The exceptions of a request, or nothing.</summary>
    public string Of(string correlationId) => string.Join('\n', failures.Where(failure => failure.Contains(correlationId, StringComparison.Ordinal)));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && IsEnabled(logLevel))
        {
            failures.Enqueue($"{formatter(state, exception)}: {exception}");
        }
    }

    public void Dispose() { }
}
