namespace SaaSFlows.LocalSetup.Embedded;

/// <summary>Where the embedded server's programs and data are, and how it runs.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder with <c>bin</c>, <c>lib</c> and <c>share</c>; see <see cref="EmbeddedBinaries"/>.</summary>
    public required string BinariesDirectory { get; init; }

    /// <summary>The folder that holds the cluster, its password and its lock. Created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The TCP port on 127.0.0.1, or null for any free one.</summary>
    public int? Port { get; init; }

    /// <summary>Further server settings, as in <c>postgresql.conf</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// One server for many processes of a test run: no password, no durability; it outlives the process that starts it, is found again by
    /// the next one, and ends with <see cref="EmbeddedPostgres.StopAsync"/>. Never for data that anybody wants to keep.
    /// </summary>
    public bool Shared { get; init; }

    /// <summary>Root only: a root-owned place for programs and data when the server's user can't reach the checkout.</summary>
    public string SystemDirectory { get; init; } = "/var/lib/saasflows";

    /// <summary>Root only: the numeric user the server runs as, out of a range that no distribution hands out. It needs no passwd entry.</summary>
    public int ServerUserId { get; init; } = 60870;

    /// <summary>How long a start may take, crash recovery included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
