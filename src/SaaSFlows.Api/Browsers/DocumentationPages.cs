using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Browsers;

/// <summary>The pages that show the OpenAPI document. The seeds call the same page by different names.</summary>
internal static class DocumentationPages
{
    private const string Title = "SaaSFlows API";

    // Swagger UI and Redoc make styles by their scripts and know no nonce; Redoc's search is a worker that its script makes, and its icons are a font
    // in it.
    private const string RedocPage = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <style nonce="{nonce}">body { margin: 0; padding: 0 }</style>
        </head>
        <body>
        <div id="redoc"></div>
        <script type="module" nonce="{nonce}">
        import { init } from './redoc.standalone.js';
        init('{document}', {}, document.getElementById('redoc'));
        </script>
        </body>
        </html>
        """;

    private static readonly string[] _swagger = ["swagger-ui", "docs"];
    private static readonly PathString[] _all = ["/swagger-ui", "/docs", "/redoc"];

    public static void Use(IApplicationBuilder app, string document)
    {
        app.Use((http, next) => IsDocumentation(http) ? AnswerAsync(http, next, document) : next(http));
        foreach (var prefix in _swagger)
        {
            app.UseSwaggerUI(options =>
            {
                options.RoutePrefix = prefix;
                options.SwaggerEndpoint(document, "SaaSFlows v1");
                options.DocumentTitle = Title;
            });
        }

        app.UseReDoc(options => options.RoutePrefix = "redoc");
    }

    private static bool IsDocumentation(HttpContext http) =>
        http.GetEndpoint() is null && _all.Any(prefix => http.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static Task AnswerAsync(HttpContext http, RequestDelegate next, string document)
    {
        var nonce = BrowserSecurity.Page(http, "'unsafe-inline'", "; worker-src blob:; font-src 'self' data:");
        if (HttpMethods.IsHead(http.Request.Method))
        {
            // The packages know GET only; Kestrel leaves the body away by what was asked.
            http.Request.Method = HttpMethods.Get;
        }

        if (!http.Request.Path.Equals("/redoc/index.html", StringComparison.OrdinalIgnoreCase) || !HttpMethods.IsGet(http.Request.Method))
        {
            return next(http);
        }

        var page = RedocPage
            .Replace("{title}", Title, StringComparison.Ordinal)
            .Replace("{document}", document, StringComparison.Ordinal)
            .Replace("{nonce}", nonce, StringComparison.Ordinal);
        return Results.Text(page, "text/html; charset=utf-8").ExecuteAsync(http);
    }
}
