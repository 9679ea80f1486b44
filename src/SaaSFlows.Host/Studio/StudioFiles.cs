using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Postgres.Embedded;

namespace SaaSFlows.Host.Studio;

/// <summary>Serves the built studio: its files as they are, and its page for every address that it routes itself.</summary>
internal static class StudioFiles
{
    private static readonly string[] _notStudio = ["/api", "/health", "/.well-known", "/connect", "/swagger-ui", "/docs", "/redoc", "/metrics", "/assets"];

    public static void UseStudio(this WebApplication app)
    {
        var directory = Locate(app);
        if (directory is null)
        {
            return;
        }

        var files = new PhysicalFileProvider(directory);
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = sent => Cache(sent.Context) });
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint() is not null || !IsPage(context.Request))
            {
                await next(context);
                return;
            }

            context.Response.ContentType = "text/html; charset=utf-8";
            Cache(context);
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.SendFileAsync(files.GetFileInfo("index.html"), context.RequestAborted);
            }
        });
    }

    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !_notStudio.Any(prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static string? Locate(WebApplication app)
    {
        var built = app.Services.GetRequiredService<IOptions<StudioOptions>>().Value.Directory
            ?? (RepositoryRoot.Find() is { } root ? Path.Combine(root, "studio", "dist") : Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        return File.Exists(Path.Combine(built, "index.html")) ? Path.GetFullPath(built) : null;
    }

    // Built assets carry a hash in their name; everything else has to be asked for again after an update.
    private static void Cache(HttpContext context) => context.Response.Headers[HeaderNames.CacheControl] =
        context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
}
