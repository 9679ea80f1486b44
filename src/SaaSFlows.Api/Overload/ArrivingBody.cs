using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Overload;

/// <summary>
/// A request's body. While it is on the way the request holds no place, so that slow senders take none from others; once it is whole the request
/// needs one again. What has come meanwhile is counted, and the time is limited. A small body is there with its head and changes nothing.
/// </summary>
internal sealed class ArrivingBody(Stream inner, GateTicket ticket, TimeSpan time) : Stream
{
    private CancellationTokenSource? _patience;
    private IResult? _refusal;
    private long _uncounted;
    private bool _isLate;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="GateRefusedException">It took too long, there is no room for what has come, or it is whole and there is no place to work on
    /// it.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _patience ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = inner.ReadAsync(buffer, _patience.Token);
        if (!reading.IsCompleted)
        {
            WaitFor();
        }

        var count = await InTimeAsync(reading, cancellationToken);
        _uncounted += count;
        if (count == 0 && buffer.Length > 0 && ticket.HasLeft)
        {
            _patience.CancelAfter(Timeout.InfiniteTimeSpan);
            await ticket.EnterAgainAsync();
        }

        return count;
    }

    private void WaitFor()
    {
        ticket.Dispose();
        _refusal = ticket.Arrived(_uncounted);
        _uncounted = 0;
        if (_refusal is not null)
        {
            // The reader's buffer is in use until the reading has ended.
            _patience!.Cancel();
        }
        else if (!_isLate)
        {
            _isLate = true;
            _patience!.CancelAfter(time);
        }
    }

    private async ValueTask<int> InTimeAsync(ValueTask<int> reading, CancellationToken ct)
    {
        try
        {
            return await reading;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new GateRefusedException(
                _refusal ?? Answers.Error(ErrorCode.BadRequest, "body.too_slow", $"The body was not there within {time.TotalSeconds:0} s.")
            );
        }
    }

    protected override void Dispose(bool disposing)
    {
        _patience?.Dispose();
        base.Dispose(disposing);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }
}

/// <summary>
/// A request is not worked on because of its body: that took too long or too much, or there was no place any more when it was whole.
/// </summary>
/// <param name="answer">What the sender is told.</param>
internal sealed class GateRefusedException(IResult answer) : Exception("There is no place for this request.")
{
    public IResult Answer { get; } = answer;
}
