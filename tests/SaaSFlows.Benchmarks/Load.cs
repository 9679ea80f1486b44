using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SaaSFlows.Benchmarks;

/// <summary>What a load did. Times in milliseconds.</summary>
/// <param name="Refused">Answers that were no success, and connections that broke.</param>
/// <param name="Late">Answers that took longer than <see cref="Load.Late"/>.</param>
internal sealed record LoadResult(double Rate, double P50, double P99, double Slowest, long Requests, long Refused, long Late)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Rate, 8:N0}/s  p50 {P50, 7:N2} ms  p99 {P99, 7:N2} ms  slowest {Slowest, 6:N0} "
                + $"ms{(Refused > 0 ? $"  {Refused:N0} REFUSED" : "")}{(Late > 0 ? $"  {Late:N0} LATER THAN {Load.Late.TotalSeconds:N0} s" : "")}"
        );
}

/// <summary>
/// Posts one body to some addresses in turn as fast as it is answered: wrk where it is installed, else a loop of our own (which takes more of the
/// machine).
/// </summary>
internal static partial class Load
{
    /// <summary>An answer that takes longer counts as late.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    public static Task<LoadResult> RunAsync(Uri address, int connections, TimeSpan time) => RunAsync([address], connections, time);

    public static async Task<LoadResult> RunAsync(IReadOnlyList<Uri> addresses, int connections, TimeSpan time)
    {
        try
        {
            return await WrkAsync(addresses, connections, time);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return await LoopAsync(addresses, connections, time);
        }
    }

    private static async Task<LoadResult> WrkAsync(IReadOnlyList<Uri> addresses, int connections, TimeSpan time)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Script(addresses));
        var command = new ProcessStartInfo(
            "wrk",
            ["-t1", $"-c{connections}", $"-d{(int)time.TotalSeconds}s", "--timeout", "10s", "-s", script, $"{addresses[0]}"]
        )
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(command)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(script);
        var found = Summary().Match(output) is { Success: true } match ? match : throw new InvalidOperationException($"wrk said: {output}");
        var (requests, micros) = (Number(found, "requests"), Number(found, "micros"));
        return new(
            requests / micros * 1e6,
            Number(found, "p50") / 1e3,
            Number(found, "p99") / 1e3,
            Number(found, "max") / 1e3,
            (long)requests,
            (long)Number(found, "refused"),
            (long)Number(found, "late")
        );
    }

    private static string Script(IReadOnlyList<Uri> addresses) =>
        $$"""
            local paths = { {{string.Join(", ", addresses.Select(address => $"\"{address.AbsolutePath}\""))}} }
            local made, turn = {}, 0
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = '{{Workload.Body}}'
            function init()
                for i, path in ipairs(paths) do made[i] = wrk.format(nil, path) end
            end
            function request()
                turn = turn % #made + 1
                return made[turn]
            end
            function done(summary, latency)
                local late, failed = 0, summary.errors
                for i = 1, #latency do
                    local micros, count = latency(i)
                    if micros > {{Late.TotalMicroseconds}} then late = late + count end
                end
                print(string.format("summary %.0f %.0f %.0f %.0f %.0f %.0f %.0f", summary.requests, summary.duration, latency:percentile(50),
                latency:percentile(99),
                    latency.max, failed.connect + failed.read + failed.write + failed.timeout + failed.status, late))
            end
            """;

    private static async Task<LoadResult> LoopAsync(IReadOnlyList<Uri> addresses, int connections, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
        var body = Encoding.UTF8.GetBytes(Workload.Body);
        var start = Stopwatch.GetTimestamp();
        long refused = 0;
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async turn =>
                {
                    var times = new List<double>();
                    while (Stopwatch.GetElapsedTime(start) < time)
                    {
                        var begun = Stopwatch.GetTimestamp();
                        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
                        using var response = await client.PostAsync(addresses[turn++ % addresses.Count], content);
                        await response.Content.ReadAsByteArrayAsync();
                        Interlocked.Add(ref refused, response.IsSuccessStatusCode ? 0 : 1);
                        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    }

                    return times;
                })
        );
        var sorted = all.SelectMany(times => times).Order().ToArray();
        return new(
            sorted.Length / Stopwatch.GetElapsedTime(start).TotalSeconds,
            sorted[sorted.Length / 2],
            sorted[sorted.Length * 99 / 100],
            sorted[^1],
            sorted.Length,
            refused,
            sorted.Count(ms => ms > Late.TotalMilliseconds)
        );
    }

    private static double Number(Match match, string name) => double.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"summary (?<requests>\d+) (?<micros>\d+) (?<p50>\d+) (?<p99>\d+) (?<max>\d+) (?<refused>\d+) (?<late>\d+)")]
    private static partial Regex Summary();
}
