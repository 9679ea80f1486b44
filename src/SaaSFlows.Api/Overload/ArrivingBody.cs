using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Overload;

/// <summary>
/// A request's body. While it is on the way the request holds no place, so that slow senders take none from others; once it is whole the request needs one again.
/// A small body is there with its head and changes nothing.
/// </summary>
internal sealed class ArrivingBody(Stream inner, GateTicket ticket) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="GateRefusedException">The body is whole, and there is no place to work on it.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompleted)
        {
            ticket.Dispose();
        }

        var count = await reading;
        if (count == 0 && buffer.Length > 0 && ticket.HasLeft)
        {
            await ticket.EnterAgainAsync();
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}

/// <summary>A request lost its place while its body was on the way, and got none again.</summary>
/// <param name="answer">What the sender is told.</param>
internal sealed class GateRefusedException(IResult answer) : Exception("There is no place for this request.")
{
    public IResult Answer { get; } = answer;
}
