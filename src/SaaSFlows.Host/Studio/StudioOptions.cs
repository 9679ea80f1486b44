namespace SaaSFlows.Host.Studio;

/// <summary>Where the studio's files come from.</summary>
internal sealed class StudioOptions
{
    /// <summary>Whether a checkout builds the studio when its sources are newer than the last build.</summary>
    public bool Build { get; set; } = true;

    /// <summary>The built studio; null for <c>studio/dist</c> in a checkout and <c>wwwroot</c> in an installation.</summary>
    public string? Directory { get; set; }
}
