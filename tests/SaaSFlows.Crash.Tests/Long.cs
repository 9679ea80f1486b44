namespace SaaSFlows.Crash.Tests;

/// <summary>Whether the long variants are wanted: <c>SAASFLOWS_LONG_TESTS=1</c>.</summary>
internal static class Long
{
    public static bool Tests { get; } = Environment.GetEnvironmentVariable("SAASFLOWS_LONG_TESTS") == "1";
}
