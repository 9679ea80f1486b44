using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Api.Unversioned;

/// <summary>A page of a list as a plain array: where it lies is said by headers, <c>X-Total-Count</c> and <c>Link</c> (RFC 8288).</summary>
internal static class BareList
{
    public static IResult Of<TItem, TBody>(Page<TItem> page, Func<TItem, TBody> body) =>
        new Answer<TBody>([.. page.Items.Select(body)], page.Request, page.Total);

    private sealed class Answer<TBody>(IReadOnlyList<TBody> items, PageRequest page, long total) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
            headers.Link = string.Join(", ", Links(httpContext.Request));
            return Results.Json(items).ExecuteAsync(httpContext);
        }

        private IEnumerable<string> Links(HttpRequest request)
        {
            var last = (int)Math.Max(1, (total + page.Size - 1) / page.Size);
            yield return Link(request, 1, "first");
            if (page.Number > 1)
            {
                yield return Link(request, Math.Min(page.Number - 1, last), "prev");
            }

            if (page.Number < last)
            {
                yield return Link(request, page.Number + 1, "next");
            }

            yield return Link(request, last, "last");
        }

        private static string Link(HttpRequest request, int number, string relation)
        {
            var query = new QueryBuilder(request.Query.Where(parameter => parameter.Key != "page"))
            {
                { "page", number.ToString(CultureInfo.InvariantCulture) },
            };
            return $"<{UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, query.ToQueryString())}>; "
                + $"rel=\"{relation}\"";
        }
    }
}
