using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.SealedSecrets;

/// <summary>Lists the sealed secrets that the configured master keys can't open: in the log at the start, and in the health of the process.</summary>
public sealed partial class ShutSecrets : PeriodicService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly PostgresPools _pools;
    private readonly MasterKeys _keys;
    private readonly ILogger _logger;
    private volatile IReadOnlyList<ShutKind> _current = [];

    internal ShutSecrets(PostgresPools pools, MasterKeys keys, TimeProvider time, ILogger<ShutSecrets> logger)
        : base(Every, Every, time) => (_pools, _keys, _logger) = (pools, keys, logger);

    /// <summary>Returns the list, at most a minute old; empty if everything can be opened.</summary>
    public IReadOnlyList<ShutKind> Current => _current;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command("select kind, tenants, secrets from accounts.shut_secrets($1)", (object)_keys.Ids.ToArray());
        var found = await find.ListAsync(row => new ShutKind(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), ct);
        if (found.Count > 0 && !found.SequenceEqual(_current))
        {
            Log.Shut(_logger, string.Join(", ", found.Select(kind => kind.ToString())));
        }

        _current = found;
    }

    /// <inheritdoc/>
    protected override void LogFailure(Exception error) => Log.Failed(_logger, error);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4901,
            Level = LogLevel.Error,
            Message = "Sealed with a master key that is not configured, so they can't be opened: {Secrets}. Give the former key as "
                + "SAASFLOWS_MASTER_KEY_PREVIOUS"
        )]
        public static partial void Shut(ILogger logger, string secrets);

        [LoggerMessage(
            EventId = 4902,
            Level = LogLevel.Warning,
            Message = "Looking for secrets that can't be opened failed; it is tried again in a minute"
        )]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>Secrets of a kind that can't be opened.</summary>
/// <param name="Kind">Such as <c>second factors</c>.</param>
/// <param name="Tenants">The number of affected tenants; 0 for secrets without a tenant.</param>
/// <param name="Secrets">How many there are.</param>
public sealed record ShutKind(string Kind, long Tenants, long Secrets)
{
    /// <summary>For operators.</summary>
    public override string ToString() => Tenants > 0 ? $"{Secrets} {Kind} (of {Tenants} tenants)" : $"{Secrets} {Kind}";
}
