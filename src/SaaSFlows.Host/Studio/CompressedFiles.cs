using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace SaaSFlows.Host.Studio;

/// <summary>
/// The build compresses assets once, better than anybody would for each answer: they are sent as they lie there to those who understand them.
/// </summary>
internal sealed class CompressedFiles(IFileProvider files) : IContentTypeProvider
{
    private static readonly (string Encoding, string Ending)[] _kinds = [("br", ".br"), ("gzip", ".gz")];

    private readonly FileExtensionContentTypeProvider _types = new();

    /// <summary>Turns to the compressed file beside the one that is asked for, if there is one.</summary>
    public void Choose(HttpRequest request)
    {
        if (!request.Path.StartsWithSegments("/assets", StringComparison.Ordinal))
        {
            return;
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (encoding, ending) in _kinds)
        {
            if (accepted.Any(wanted => wanted.Value == encoding && wanted.Quality is not 0) && files.GetFileInfo(request.Path + ending).Exists)
            {
                request.Path += ending;
                return;
            }
        }
    }

    /// <summary>Says how an asset is compressed, and that the answer depends on who asked.</summary>
    public static void Describe(StaticFileResponseContext sent)
    {
        sent.Context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        foreach (var (encoding, ending) in _kinds)
        {
            if (sent.File.Name.EndsWith(ending, StringComparison.Ordinal))
            {
                sent.Context.Response.Headers.ContentEncoding = encoding;
            }
        }
    }

    /// <inheritdoc/>
    public bool TryGetContentType(string subpath, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string contentType)
    {
        var ending = _kinds.Select(kind => kind.Ending).FirstOrDefault(ending => subpath.EndsWith(ending, StringComparison.Ordinal)) ?? "";
        return _types.TryGetContentType(subpath[..^ending.Length], out contentType);
    }
}
