using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hangfire.Dashboard;

namespace SaaSFlows.Host.Jobs;

/// <summary>Lets operators in: with the configured password, or without one from this machine.</summary>
internal sealed class DashboardAccess(JobOptions options) : IDashboardAuthorizationFilter
{
    private const string Basic = "Basic ";
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public bool Authorize(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (options.DashboardPassword is not { Length: > 0 } password)
        {
            // A proxy on this machine makes everybody look local.
            return http.Connection.RemoteIpAddress is { } address
                && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
                && !ProxyHeaders.Any(http.Request.Headers.ContainsKey);
        }

        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Given(http.Request)), Encoding.UTF8.GetBytes(password)))
        {
            return true;
        }

        http.Response.Headers.WWWAuthenticate = "Basic realm=\"SaaSFlows operations\", charset=\"UTF-8\"";
        return false;
    }

    private static string Given(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var buffer = new byte[header.Length];
        return
            header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(header[Basic.Length..].Trim(), buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length) is var pair
            && pair.IndexOf(':') is >= 0 and var colon
            ? pair[(colon + 1)..]
            : "";
    }
}
