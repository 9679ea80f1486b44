namespace SaaSFlows.Outbound.Internal;

/// <summary>Carries a result through <see cref="SocketsHttpHandler"/>, whose callbacks can only throw. Never leaves this project.</summary>
internal sealed class OutboundException(OutboundResult result)
    : Exception(result.Match(_ => "", refused => refused.Message, failed => failed.Message))
{
    public OutboundResult Result => result;
}
