using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Api.Browsers;

namespace SaaSFlows.Host.Studio;

/// <summary>The studio's one page, and the addresses that it routes.</summary>
internal sealed partial class StudioPage
{
    private const string Index = "index.html";

    // The routes of the studio's router: a test of the studio compares them.
    private const string Routes = "pages.json";

    // The build leaves it where the nonce belongs.
    private const string Nonce = "CSP_NONCE";

    private readonly string _text;
    private readonly Regex _routes;

    private StudioPage(string text, IEnumerable<string> routes)
    {
        _text = text;
        var patterns = routes.Select(route => Parameter().Replace(Regex.Escape(route.TrimEnd('/')), "[^/]+"));
        _routes = new($"^(?:{string.Join('|', patterns)})/?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>Whether the directory holds a whole build.</summary>
    public static bool IsBuilt(string directory) => File.Exists(Path.Combine(directory, Index)) && File.Exists(Path.Combine(directory, Routes));

    public static StudioPage Read(string directory) =>
        new(
            File.ReadAllText(Path.Combine(directory, Index)),
            JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(directory, Routes)))!
        );

    /// <summary>Files that are served as a page or not at all.</summary>
    public static bool IsPartOfIt(PathString path) => path == $"/{Index}" || path == $"/{Routes}";

    /// <summary>Whether the request is for a page: one of the studio's, or one that is not there and that a browser would show.</summary>
    public bool Answers(HttpRequest request) =>
        IsRoute(request)
        || (
            !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        );

    public async Task WriteAsync(HttpContext http)
    {
        var nonce = BrowserSecurity.Page(http);
        http.Response.StatusCode = IsRoute(http.Request) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(_text.Replace(Nonce, nonce, StringComparison.Ordinal), http.RequestAborted);
    }

    /// <summary>Whether the studio has a page at this address.</summary>
    public bool IsRoute(HttpRequest request) => _routes.IsMatch(request.Path.Value ?? "/");

    [GeneratedRegex(@"\\\$\w+")]
    private static partial Regex Parameter();
}
