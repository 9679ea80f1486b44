using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Exports;

/// <summary>
/// A file that is made while it is sent. A tenant has few at once. The connection of a client that takes nothing, or takes too long for all of it,
/// is cut.
/// </summary>
/// <param name="tenant">Whose.</param>
/// <param name="contentType">Of the file.</param>
/// <param name="fileName">What a browser calls it.</param>
/// <param name="begin">Begins it; the pages must hold nothing while one of them is sent.</param>
internal sealed class Export(
    TenantId tenant,
    string contentType,
    string fileName,
    Func<CancellationToken, Task<AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>>> begin
) : IResult
{
    // Small enough that a slow client takes one within SlowReaders.Patience.
    private const int Slice = 16 * 1024;

    // Most exports are done by then.
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var exports = httpContext.RequestServices.GetRequiredService<RunningExports>();
        using var running = exports.TryBegin(tenant);
        if (running is null)
        {
            var message = $"At most {exports.Options.PerTenant} exports of a tenant may run at once. Wait until one of them has ended.";
            await Answers.RetryLater("export.too_many", message, _retryAfter).ExecuteAsync(httpContext);
            return;
        }

        var begun = await begin(httpContext.RequestAborted);
        await begun.Match(pages => SendAsync(httpContext, pages, exports.Options.Longest), error => error.ToAnswer().ExecuteAsync(httpContext));
    }

    private async Task SendAsync(HttpContext http, IAsyncEnumerable<ReadOnlyMemory<byte>> pages, TimeSpan longest)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        using var limit = new CancellationTokenSource(longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        http.Response.ContentType = contentType;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        try
        {
            await foreach (var page in pages.WithCancellation(stop.Token))
            {
                for (var at = 0; at < page.Length; at += Slice)
                {
                    await http.Response.Body.WriteAsync(page[at..Math.Min(at + Slice, page.Length)], stop.Token).AsTask().WithPatienceAsync(time);
                }
            }
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            http.Abort();
        }
    }
}
