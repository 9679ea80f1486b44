using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SaaSFlows.Benchmarks;

/// <summary>What a load was answered, by status: how often, and how late in milliseconds.</summary>
internal sealed class Answered(TimeSpan time, IEnumerable<(int Status, double Late)> all)
{
    private readonly Dictionary<int, double[]> _late = all.GroupBy(one => one.Status)
        .ToDictionary(group => group.Key, group => group.Select(one => one.Late).Order().ToArray());

    public double Late(int status, double part) => _late.TryGetValue(status, out var late) ? late[(int)(late.Length * part)] : 0;

    public override string ToString() =>
        string.Join(
            "; ",
            _late
                .OrderBy(each => each.Key)
                .Select(each =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{each.Key}: {each.Value.Length / time.TotalSeconds:N0}/s p50 {Late(each.Key, 0.5):N2} p99 {Late(each.Key, 0.99):N2} ms"
                    )
                )
        );
}

/// <summary>
/// Many connections that each post as soon as they are answered, whatever the answer is; on bare sockets, as it must cost less than what it measures.
/// </summary>
internal static class Flood
{
    public static async Task<Answered> RunAsync(IReadOnlyList<Uri> addresses, int connections, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(i => Task.Run(() => OneAsync(addresses[i % addresses.Count], start, time)))
        );
        return new(time, all.SelectMany(one => one));
    }

    /// <summary>
    /// One connection on a thread of its own, so that it does not wait behind the flood's in this process, with a pause after each answer.
    /// </summary>
    public static Task<Answered> ProbeAsync(Uri address, TimeSpan time, TimeSpan pause) =>
        Task.Factory.StartNew(
            () =>
            {
                var (start, request, answers, buffer) = (Stopwatch.GetTimestamp(), RequestTo(address), new List<(int, double)>(), new byte[8192]);
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(IPAddress.Loopback, address.Port);
                while (Stopwatch.GetElapsedTime(start) < time)
                {
                    var sent = Stopwatch.GetTimestamp();
                    socket.Send(request);
                    var length = socket.Receive(buffer);
                    while (!IsWhole(buffer.AsSpan(0, length)))
                    {
                        length += socket.Receive(buffer.AsSpan(length));
                    }

                    answers.Add((StatusOf(buffer), Stopwatch.GetElapsedTime(sent).TotalMilliseconds));
                    Thread.Sleep(pause);
                }

                return new Answered(time, answers);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static async Task<List<(int Status, double Late)>> OneAsync(Uri address, long start, TimeSpan time)
    {
        var (request, answers, buffer) = (RequestTo(address), new List<(int, double)>(), new byte[8192]);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            var length = await socket.ReceiveAsync(buffer);
            while (!IsWhole(buffer.AsSpan(0, length)))
            {
                length += await socket.ReceiveAsync(buffer.AsMemory(length));
            }

            answers.Add((StatusOf(buffer), Stopwatch.GetElapsedTime(sent).TotalMilliseconds));
        }

        return answers;
    }

    private static byte[] RequestTo(Uri address) =>
        Encoding.ASCII.GetBytes(
            $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: "
                + $"{Workload.Body.Length}\r\n\r\n{Workload.Body}"
        );

    private static int StatusOf(byte[] answer) => int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var at = answer[..end].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var number = answer[(at + 16)..end];
        var line = number.IndexOf((byte)'\r');
        return answer.Length == end + 4 + int.Parse(line < 0 ? number : number[..line], CultureInfo.InvariantCulture);
    }
}
