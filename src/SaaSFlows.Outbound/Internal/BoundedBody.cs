using System.Buffers;

namespace SaaSFlows.Outbound.Internal;

internal static class BoundedBody
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>
    /// Reads a body to its end. Returns null if it has more than <paramref name="limit"/> bytes; no more than these are kept in memory.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var free = body.GetMemory(body.WrittenCount == 0 ? FirstBuffer : 1);
            var read = await stream.ReadAsync(free, ct);
            if (read == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > limit)
            {
                return null;
            }
        }
    }
}
