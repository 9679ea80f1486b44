namespace SaaSFlows.LocalSetup;

/// <summary>What a start of a checkout needs.</summary>
/// <param name="StartsServer">False where another PostgreSQL is configured.</param>
/// <param name="BuildsStudio">Whether a missing or old build of the studio is made anew.</param>
/// <param name="DataDirectory">Where the server's data is; null for <c>.data/postgres</c> in the checkout.</param>
/// <param name="Port">The server's port on 127.0.0.1; null for any free one.</param>
public sealed record FirstRunOptions(bool StartsServer, bool BuildsStudio, string? DataDirectory = null, int? Port = null);
