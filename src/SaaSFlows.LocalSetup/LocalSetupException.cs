namespace SaaSFlows.LocalSetup;

/// <summary>The machine can't give us a running server or its programs; the message tells the reader what to do about it.</summary>
public sealed class LocalSetupException : Exception
{
    public LocalSetupException(string message)
        : base(message) { }

    public LocalSetupException(string message, Exception innerException)
        : base(message, innerException) { }
}
