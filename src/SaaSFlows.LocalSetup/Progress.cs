using System.Diagnostics;
using System.Globalization;

namespace SaaSFlows.LocalSetup;

/// <summary>Tells whoever started us what happens, and how long it has taken so far.</summary>
internal sealed class Progress
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>A line of a tool that we run.</summary>
    public void Quote(string line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            Say("  " + line);
        }
    }

    public void Say(string line) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(_start).TotalSeconds, 5:0.0} s] {line}"));
}
