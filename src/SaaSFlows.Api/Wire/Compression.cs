using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace SaaSFlows.Api.Wire;

/// <summary>
/// Compresses the answers to reads. Those with secrets stay as they are: beside text that somebody else chose, a compressed secret can be guessed by
/// its length (BREACH). Answers to writes, which make most secrets, are small; and event streams must leave at once.
/// </summary>
internal static class Compression
{
    private static readonly string[] _texts =
    [
        "application/json",
        "application/problem+json",
        "application/x-ndjson",
        "application/javascript",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    ];

    /// <summary>The answer holds a token or a key.</summary>
    public static TBuilder HoldsSecret<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new SecretAnswer());

    public static void AddCompression(this IServiceCollection services)
    {
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = _texts;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        // Smaller would cost several times the processor's time.
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal);
    }

    /// <summary>Behind routing, which tells what an answer will hold.</summary>
    public static void UseCompression(this IApplicationBuilder app) => app.UseWhen(MayCompress, reads => reads.UseResponseCompression());

    private static bool MayCompress(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<SecretAnswer>() is null;

    private sealed class SecretAnswer;
}
