using Microsoft.Extensions.Logging;
using SaaSFlows.Vault.Internal;

namespace SaaSFlows.Vault;

/// <summary>The configured master keys: the current one wraps, all of them unwrap. Singleton, safe for concurrent use.</summary>
public sealed partial class MasterKeys
{
    private readonly MasterKey _current;
    private readonly MasterKey? _previous;

    private MasterKeys(MasterKey current, MasterKey? previous) => (_current, _previous) = (current, previous);

    /// <summary>Reads the keys from the options, or from the key file, which is made when it is missing.</summary>
    /// <exception cref="InvalidOperationException">A value is not base64 of 32 bytes. The message names the setting, never the value.</exception>
    public static MasterKeys Load(MasterKeyOptions options, ILogger<MasterKeys> logger)
    {
        var current = options.Current is { } configured ? Parse(configured, "SAASFLOWS_MASTER_KEY") : FromFile(options.Directory, logger);
        var previous = options.Previous is { } old ? Parse(old, "SAASFLOWS_MASTER_KEY_PREVIOUS") : null;
        return new(current, previous);
    }

    /// <summary>Derives 32 bytes from the current master key. Different purposes give unrelated bytes.</summary>
    public byte[] Derive(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return _current.Derive("derive:" + purpose);
    }

    /// <summary>The ids of the configured keys, 8 bytes each, as envelopes contain them. They reveal nothing about the keys.</summary>
    public IReadOnlyList<byte[]> Ids => _previous is null ? [_current.Id.ToArray()] : [_current.Id.ToArray(), _previous.Id.ToArray()];

    internal MasterKey Current => _current;

    internal MasterKey? Find(ReadOnlySpan<byte> id) =>
        _current.Is(id) ? _current
        : _previous is { } previous && previous.Is(id) ? previous
        : null;

    private static MasterKey FromFile(string directory, ILogger logger)
    {
        var path = Path.Combine(directory, "master.key");
        if (KeyFile.Ensure(path))
        {
            Log.KeyFileMade(logger, path);
        }

        return Parse(File.ReadAllText(path).Trim(), path);
    }

    private static MasterKey Parse(string base64, string source)
    {
        var key = new byte[MasterKey.Size];
        if (!Convert.TryFromBase64String(base64, key, out var written) || written != MasterKey.Size)
        {
            throw new InvalidOperationException(
                $"{source} must be base64 of exactly {MasterKey.Size} bytes. Make one with: openssl rand -base64 {MasterKey.Size}"
            );
        }

        return new(key);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 7001,
            Level = LogLevel.Warning,
            Message = "Made a master key in {Path}. Back it up: nothing sealed opens without it. Set SAASFLOWS_MASTER_KEY to keep it elsewhere"
        )]
        public static partial void KeyFileMade(ILogger logger, string path);
    }
}
