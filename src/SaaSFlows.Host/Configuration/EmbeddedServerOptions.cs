namespace SaaSFlows.Host.Configuration;

/// <summary>The PostgreSQL that a checkout starts for itself when no connection string is configured.</summary>
internal sealed class EmbeddedServerOptions
{
    /// <summary>Where its data is; null for <c>.data/postgres</c> in the checkout.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Its port on 127.0.0.1; null for any free one.</summary>
    public int? Port { get; set; }
}
