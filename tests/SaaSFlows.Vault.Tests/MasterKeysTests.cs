using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SaaSFlows.Vault.Tests;

public sealed class MasterKeysTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "saasflows-vault-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not-base64-S3CR3T")]
    [InlineData("UzNDUjNU")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==")]
    public void Anything_but_32_bytes_in_base64_is_refused_without_printing_it(string value)
    {
        var current = Assert.Throws<InvalidOperationException>(() => Keys.Load(value));
        var previous = Assert.Throws<InvalidOperationException>(() => Keys.Load(Keys.NewBase64(), previous: value));

        Assert.StartsWith("SAASFLOWS_MASTER_KEY must be base64 of exactly 32 bytes.", current.Message, StringComparison.Ordinal);
        Assert.StartsWith("SAASFLOWS_MASTER_KEY_PREVIOUS must", previous.Message, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || !current.ToString().Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void Key_file_is_made_once_with_a_warning_and_read_afterwards()
    {
        var logger = new ListLogger();
        var first = MasterKeys.Load(new() { Directory = _directory }, logger);
        var second = MasterKeys.Load(new() { Directory = _directory }, logger);

        Assert.Equal(first.Derive("x"), second.Derive("x"));
        Assert.Equal((7001, LogLevel.Warning), Assert.Single(logger.Lines));
    }

    [Fact]
    public void Key_file_is_readable_by_its_owner_only()
    {
        MasterKeys.Load(new() { Directory = _directory }, NullLogger<MasterKeys>.Instance);

        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix file modes.");
        }
        else
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "master.key")));
        }
    }

    [Fact]
    public void Many_starts_at_once_agree_on_one_key_file()
    {
        for (var round = 0; round < 20; round++)
        {
            var directory = Path.Combine(_directory, $"{round}");
            using var start = new Barrier(8);
            var derived = new string[8];
            // No lock is shared between them: threads race through the same system calls as processes.
            var threads = Enumerable
                .Range(0, 8)
                .Select(i => new Thread(() =>
                {
                    start.SignalAndWait();
                    derived[i] = Convert.ToHexString(MasterKeys.Load(new() { Directory = directory }, NullLogger<MasterKeys>.Instance).Derive("x"));
                }))
                .ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());

            Assert.Single(derived.Distinct());
        }
    }

    [Fact]
    public void Damaged_key_file_stops_the_start_instead_of_being_replaced()
    {
        Directory.CreateDirectory(_directory);
        var path = Path.Combine(_directory, "master.key");
        File.WriteAllText(path, "");

        Assert.Contains(
            path,
            Assert
                .Throws<InvalidOperationException>(() => MasterKeys.Load(new() { Directory = _directory }, NullLogger<MasterKeys>.Instance))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Derived_bytes_depend_on_key_and_purpose()
    {
        var keys = Keys.Load(Keys.NewBase64());

        Assert.Equal(32, keys.Derive("a").Length);
        Assert.NotEqual(keys.Derive("a"), keys.Derive("b"));
        Assert.NotEqual(keys.Derive("a"), Keys.Load(Keys.NewBase64()).Derive("a"));
    }

    private sealed class ListLogger : ILogger<MasterKeys>
    {
        public List<(int, LogLevel)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((eventId.Id, logLevel));
    }
}
