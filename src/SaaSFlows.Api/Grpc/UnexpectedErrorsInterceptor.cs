using Grpc.Core;
using Grpc.Core.Interceptors;
using SaaSFlows.Api.Pipeline;

namespace SaaSFlows.Api.Grpc;

/// <summary>Ends calls that broke as REST answers them: logged, with a code and the correlation id.</summary>
internal sealed class UnexpectedErrorsInterceptor(UnexpectedErrors errors) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error) when (IsUnexpected(error, context))
        {
            throw GrpcErrors.Of(context.GetHttpContext(), errors.AnswerTo(context.GetHttpContext(), error));
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception error) when (IsUnexpected(error, context))
        {
            throw GrpcErrors.Of(context.GetHttpContext(), errors.AnswerTo(context.GetHttpContext(), error));
        }
    }

    // Nobody reads the end of a call that the caller has left.
    private static bool IsUnexpected(Exception error, ServerCallContext context) =>
        error is not RpcException && !context.CancellationToken.IsCancellationRequested;
}
