using Microsoft.Extensions.Options;

namespace SaaSFlows.Accounts.Access;

/// <summary>Checks settings at start. The message is for the operator.</summary>
internal static class Setting
{
    /// <exception cref="OptionsValidationException">It does not hold.</exception>
    public static void Require(bool holds, string setting, string rule)
    {
        if (!holds)
        {
            throw new OptionsValidationException(setting, typeof(Setting), [$"The setting {setting} {rule}"]);
        }
    }
}
