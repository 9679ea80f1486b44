using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host.Operations;

/// <summary>The last words of a start: where to go and how to sign in.</summary>
internal sealed class Welcome
{
    /// <summary>The demo tenant's sign-in; set by whoever made the tenant, null where there is none.</summary>
    public DemoSignIn? SignIn { get; set; }

    /// <param name="grpc">Where gRPC is served; null for nowhere.</param>
    public IEnumerable<string> Lines(IEnumerable<string> addresses, string? grpc)
    {
        if (grpc is not null)
        {
            yield return $"gRPC is served at {grpc}";
        }

        yield return $"SaaSFlows is ready: {string.Join(", ", addresses)}";
        if (SignIn is not null)
        {
            yield return $"Sign in as {SignIn.Email} with the password {SignIn.Password}";
        }
    }
}

/// <summary>A sign-in that everybody may know.</summary>
internal sealed record DemoSignIn(string Email, string Password);

internal static partial class WelcomeExtensions
{
    public static void WelcomeWhenStarted(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var grpc = app.Services.GetService<GrpcEndpoint>()?.Address;
            // A reader of JSON can read nothing else.
            Action<string> say = app.Configuration.Telemetry().JsonLogs ? line => Log.Said(app.Logger, line) : Console.WriteLine;
            foreach (var line in app.Services.GetRequiredService<Welcome>().Lines(addresses.Where(address => address != grpc), grpc))
            {
                say(line);
            }
        });

    private static partial class Log
    {
        [LoggerMessage(EventId = 1023, Level = LogLevel.Information, Message = "{Line}")]
        public static partial void Said(ILogger logger, string line);
    }
}
