using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SaaSFlows.Api.Tests;

/// <summary>An outage of the database is told once, and never hides why a process ended.</summary>
public sealed class OutageLogTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData(LogLevel.Error, false)]
    [InlineData(LogLevel.Critical, true)]
    public void Only_what_ends_the_process_is_told_beside_the_outage(LogLevel level, bool isTold)
    {
        using var lines = new Lines();
        var factory = host.Services.GetRequiredService<ILoggerFactory>();
        factory.AddProvider(lines);

        var error = new NpgsqlException("lost", new IOException());
        factory.CreateLogger($"SaaSFlows.{level}").Log(level, error, "It failed");

        Assert.Equal(isTold, lines.Seen.Contains((level, "It failed")));
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentBag<(LogLevel, string)> Seen { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Add((logLevel, formatter(state, exception)));

        public void Dispose() => Seen.Clear();
    }
}
