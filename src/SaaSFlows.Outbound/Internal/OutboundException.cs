namespace SaaSFlows.Outbound.Internal;

/// <summary>
/// Carries a result through <see cref="SocketsHttpHandler"/>, whose callbacks can end in no other way. Never leaves this project on its own.
/// </summary>
internal sealed class OutboundException(OutboundResult result)
    : Exception(result.Match(_ => "", refused => refused.Message, failed => failed.Message))
{
    public OutboundResult Result => result;
}
