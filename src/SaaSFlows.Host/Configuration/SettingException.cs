namespace SaaSFlows.Host.Configuration;

/// <summary>A setting is wrong; the message names it as its writer knows it, and never repeats a secret.</summary>
internal sealed class SettingException : Exception
{
    public SettingException(string message)
        : base(message) { }
}
