using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace SaaSFlows.Host.Studio;

/// <summary>Serves the built studio: its files as they are, and its page for every address that it routes itself.</summary>
internal static class StudioFiles
{
    public static void UseStudio(this WebApplication app)
    {
        var directory = Locate(app);
        if (directory is null)
        {
            return;
        }

        var page = StudioPage.Read(directory);
        var provider = new PhysicalFileProvider(directory);
        var compressed = new CompressedFiles(provider);
        app.Use(
            (http, next) =>
            {
                compressed.Choose(http.Request);
                return next(http);
            }
        );
        var files = new StaticFileOptions
        {
            FileProvider = provider,
            ContentTypeProvider = compressed,
            OnPrepareResponse = Prepare,
        };
        app.UseWhen(http => !StudioPage.IsPartOfIt(http.Request.Path), others => others.UseStaticFiles(files));
        app.Use(
            (http, next) =>
            {
                var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
                if (http.GetEndpoint() is not null || !(isRead ? page.Answers(http.Request) : page.IsRoute(http.Request)))
                {
                    return next(http);
                }

                if (!isRead)
                {
                    http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                    http.Response.Headers.Allow = "GET, HEAD";
                    return Task.CompletedTask;
                }

                Cache(http);
                return page.WriteAsync(http);
            }
        );
    }

    private static string? Locate(WebApplication app)
    {
        var built =
            app.Services.GetRequiredService<IOptions<StudioOptions>>().Value.Directory
            ?? (Checkout.Root is { } root ? Path.Combine(root, "studio", "dist") : Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        return StudioPage.IsBuilt(built) ? Path.GetFullPath(built) : null;
    }

    private static void Prepare(StaticFileResponseContext sent)
    {
        Cache(sent.Context);
        CompressedFiles.Describe(sent);
    }

    // Built assets carry a hash in their name; everything else has to be asked for again after an update.
    private static void Cache(HttpContext context) =>
        context.Response.Headers[HeaderNames.CacheControl] = context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal)
            ? "public, max-age=31536000, immutable"
            : "no-cache";
}
