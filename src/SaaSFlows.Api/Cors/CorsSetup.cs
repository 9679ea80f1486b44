using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace SaaSFlows.Api.Cors;

/// <summary>The one CORS policy, for all routes.</summary>
internal static class CorsSetup
{
    private static readonly string[] Exposed =
    [
        "X-Correlation-ID",
        "X-Request-ID",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Retry-After",
        "Content-Disposition",
        "X-Total-Count",
        "Link",
    ];

    public static IServiceCollection AddCors(this IServiceCollection services, CorsOptions options) =>
        services
            .AddSingleton(options)
            .AddCors(cors =>
                cors.AddDefaultPolicy(policy =>
                {
                    policy
                        .WithOrigins(options.Origins)
                        .AllowAnyHeader()
                        .AllowAnyMethod()
                        .WithExposedHeaders(Exposed)
                        .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
                    if (!options.IsOpen)
                    {
                        // Cookies go with requests of named pages only.
                        policy.AllowCredentials();
                    }
                })
            );

    public static void UseConfiguredCors(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<CorsOptions>().Origins.Length > 0)
        {
            app.UseCors();
        }
    }
}
