namespace SaaSFlows.Host.Configuration;

/// <summary>Tells of addresses that can't be read before anything tries to use them.</summary>
internal static class AddressSettings
{
    private static readonly string[] Urls = ["Urls", "Grpc:Url"];

    /// <exception cref="SettingException">Names the setting.</exception>
    public static void CheckAddresses(this IConfiguration configuration)
    {
        foreach (var name in Urls)
        {
            foreach (var url in (configuration[name] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (!IsUrl(url))
                {
                    throw new SettingException(
                        $"{name} must be addresses such as http://localhost:8070, separated by semicolons; '{url}' is not an address."
                    );
                }
            }
        }
    }

    private static bool IsUrl(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Port: >= 0 and <= ushort.MaxValue } address && (address.Scheme is "http" or "https");
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
