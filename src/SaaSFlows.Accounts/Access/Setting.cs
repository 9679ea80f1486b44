using Microsoft.Extensions.Options;

namespace SaaSFlows.Accounts.Access;

/// <summary>Stops a start whose settings can't work, in words for whoever set them.</summary>
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
