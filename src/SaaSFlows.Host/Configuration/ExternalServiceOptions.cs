namespace SaaSFlows.Host.Configuration;

/// <summary>Addresses of well-known external servers. The health check tests whether they accept connections.</summary>
internal sealed class ExternalServiceOptions
{
    /// <summary>The MCP server of Notion.</summary>
    public Uri? Notion { get; set; }

    /// <summary>The MCP server of Slack.</summary>
    public Uri? Slack { get; set; }

    /// <summary>The MCP server of Help Scout.</summary>
    public Uri? HelpScout { get; set; }
}
