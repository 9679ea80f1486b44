using System.Globalization;
using System.Runtime.InteropServices;

namespace SaaSFlows.Benchmarks;

/// <summary>What a number was measured under.</summary>
internal static class Conditions
{
    public static void Print() =>
        Console.WriteLine(
            $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, load "
                + $"average {Load()}"
        );

    /// <summary>Of the last minute, as the system gives it.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public static void Say(string line) => Console.WriteLine(line);

    public static void Say(IFormattable line) => Console.WriteLine(line.ToString(null, CultureInfo.InvariantCulture));
}
