using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Grpc;

/// <summary>Answers a call with one message.</summary>
internal sealed class GrpcReply(IMessage message) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await StartAsync(httpContext);
        Write(httpContext.Response.BodyWriter, message);
        await GrpcStatuses.EndOkAsync(httpContext);
    }

    public static Task StartAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        return http.Response.StartAsync(http.RequestAborted);
    }

    public static void Write(PipeWriter writer, IMessage message)
    {
        var prefix = writer.GetSpan(5);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], message.CalculateSize());
        writer.Advance(5);
        message.WriteTo((IBufferWriter<byte>)writer);
    }
}
