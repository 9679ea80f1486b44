using System.Globalization;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Api.Wire;

/// <summary>429 for a delivery over its webhook's limit.</summary>
internal sealed class WebhookFull(AutomationError.RateLimited limited) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        limited.Rate.WriteTo(httpContext.Response.Headers);
        return Answers.RetryLater(limited.Code, limited.Message, limited.RetryAfter).ExecuteAsync(httpContext);
    }
}

/// <summary>The headers of a limit, as seed 002 shows them.</summary>
internal static class RateHeaders
{
    public static void WriteTo(this WebhookRate rate, IHeaderDictionary headers)
    {
        headers["X-RateLimit-Limit"] = rate.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = rate.Remaining.ToString(CultureInfo.InvariantCulture);
        // Whole seconds, rounded up: who comes then comes late enough.
        headers["X-RateLimit-Reset"] = ((rate.ResetsAt.ToUnixTimeMilliseconds() + 999) / 1000).ToString(CultureInfo.InvariantCulture);
    }
}
