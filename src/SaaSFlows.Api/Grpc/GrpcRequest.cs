using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Reads the messages of a call. On the wire each has five bytes before it: whether it is compressed, and its length.</summary>
internal static class GrpcRequest
{
    private const int Prefix = 5;
    private const string NotWhole = "exactly one whole message is needed.";

    /// <summary>The message of a call that sends one.</summary>
    public static async Task<Read<T>> ReadAsync<T>(HttpContext http)
        where T : class, IMessage<T>, new()
    {
        var message = await NextAsync<T>(http, http.RequestAborted);
        return message is null || (message.Is(out _, out _) && !await EndsAsync(http)) ? Malformed<T>(NotWhole) : message;
    }

    /// <summary>The next message of a call that sends many; null at their end.</summary>
    public static async Task<Read<T>?> NextAsync<T>(HttpContext http, CancellationToken ct)
        where T : class, IMessage<T>, new()
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            var body = read.Buffer;
            if (body.Length >= Prefix && Length(body) > RequestBody.MaxBytes)
            {
                return Read<T>.No(RequestBody.TooLarge());
            }

            if (body.Length >= Prefix && body.Length >= Prefix + Length(body))
            {
                var one = body.Slice(0, Prefix + Length(body));
                var message = Parse<T>(http, one);
                reader.AdvanceTo(one.End);
                return message;
            }

            if (read.IsCompleted)
            {
                return body.IsEmpty ? null : Malformed<T>(NotWhole);
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    private static async Task<bool> EndsAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            var isEmpty = read.Buffer.IsEmpty;
            reader.AdvanceTo(read.Buffer.End);
            if (!isEmpty || read.IsCompleted)
            {
                return isEmpty;
            }
        }
    }

    private static Read<T> Parse<T>(HttpContext http, ReadOnlySequence<byte> body)
        where T : class, IMessage<T>, new()
    {
        var content = body.Slice(Prefix);
        try
        {
            var message = new T();
            switch (body.FirstSpan[0], http.Request.Headers["grpc-encoding"].ToString())
            {
                case (0, _):
                    message.MergeFrom(content);
                    return Read<T>.Yes(message);
                case (1, "gzip") when Inflate(content) is { } inflated:
                    message.MergeFrom(inflated);
                    return Read<T>.Yes(message);
                case (1, "gzip"):
                    return Read<T>.No(RequestBody.TooLarge());
                default:
                    return Read<T>.No(Answers.Error(ErrorCode.UnsupportedMediaType, "rpc.encoding", "Messages may be compressed with gzip only."));
            }
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            return Malformed<T>("it is not what the method takes.");
        }
    }

    private static uint Length(ReadOnlySequence<byte> body)
    {
        Span<byte> length = stackalloc byte[4];
        body.Slice(1, 4).CopyTo(length);
        return BinaryPrimitives.ReadUInt32BigEndian(length);
    }

    /// <summary>Null: it would be too large.</summary>
    private static byte[]? Inflate(ReadOnlySequence<byte> content)
    {
        using var gzip = new GZipStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = gzip.Read(chunk)) > 0)
            {
                if (inflated.Length + count > RequestBody.MaxBytes)
                {
                    return null;
                }

                inflated.Write(chunk, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return inflated.ToArray();
    }

    private static Read<T> Malformed<T>(string why)
        where T : class => Read<T>.No(Answers.Error(ErrorCode.BadRequest, "rpc.malformed", $"The message can't be read: {why}"));
}
