using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SaaSFlows.Benchmarks;

/// <summary>What a load did. Times in milliseconds.</summary>
internal sealed record LoadResult(double Rate, double P50, double P99, long Requests, long Errors)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Rate,8:N0}/s  p50 {P50,7:N2} ms  p99 {P99,7:N2} ms{(Errors > 0 ? $"  {Errors:N0} ERRORS" : "")}");
}

/// <summary>Posts one body to one address as fast as it is answered: wrk where it is installed, else a loop of our own (which takes more of the machine).</summary>
internal static partial class Load
{
    public static async Task<LoadResult> RunAsync(Uri address, int connections, TimeSpan time)
    {
        try
        {
            return await WrkAsync(address, connections, time);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return await LoopAsync(address, connections, time);
        }
    }

    private static async Task<LoadResult> WrkAsync(Uri address, int connections, TimeSpan time)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, $"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = '{Workload.Body}'
            """);
        var command = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{(int)time.TotalSeconds}s", "--timeout", "10s", "--latency", "-s", script, $"{address}"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(command)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(script);
        var failed = Number(BadStatus().Match(output)) + SocketErrors().Match(output).Groups.Values.Skip(1).Sum(group => double.TryParse(group.Value, out var n) ? n : 0);
        return new(Number(Rate().Match(output)), Time(P50().Match(output)), Time(P99().Match(output)), (long)Number(Requests().Match(output)), (long)failed);
    }

    private static async Task<LoadResult> LoopAsync(Uri address, int connections, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
        var body = Encoding.UTF8.GetBytes(Workload.Body);
        var start = Stopwatch.GetTimestamp();
        long errors = 0;
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var begun = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
                using var response = await client.PostAsync(address, content);
                await response.Content.ReadAsByteArrayAsync();
                Interlocked.Add(ref errors, response.IsSuccessStatusCode ? 0 : 1);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return times;
        }));
        var sorted = all.SelectMany(times => times).Order().ToArray();
        return new(sorted.Length / Stopwatch.GetElapsedTime(start).TotalSeconds, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted.Length, errors);
    }

    private static double Number(Match match) => match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static double Time(Match match) => Number(match) * match.Groups[2].Value switch { "us" => 0.001, "s" => 1_000, _ => 1 };

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+([\d.]+)(\w+)")]
    private static partial Regex P50();

    [GeneratedRegex(@"99%\s+([\d.]+)(\w+)")]
    private static partial Regex P99();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex BadStatus();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();
}
