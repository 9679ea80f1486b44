namespace SaaSFlows.Host.Configuration;

/// <summary>Servers of others that seed 001 knows by name. Health looks whether they take connections.</summary>
internal sealed class ExternalServiceOptions
{
    /// <summary>The MCP server of Notion.</summary>
    public Uri? Notion { get; set; }

    /// <summary>The MCP server of Slack.</summary>
    public Uri? Slack { get; set; }

    /// <summary>The MCP server of Help Scout.</summary>
    public Uri? HelpScout { get; set; }
}
