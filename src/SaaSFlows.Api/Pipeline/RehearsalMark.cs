using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SaaSFlows.Api.Pipeline;

/// <summary>How a process knows the requests with which it rehearses: these are neither logged nor measured. Nobody else knows the value.</summary>
public sealed class RehearsalMark
{
    /// <summary>The header that holds <see cref="Value"/>.</summary>
    public const string Header = "X-Rehearsal";

    /// <summary>Another one in each process.</summary>
    public string Value { get; } = Guid.NewGuid().ToString("N");

    /// <summary>True for a request of this process's own rehearsal, which is not measured from here on.</summary>
    internal bool IsOn(HttpContext http)
    {
        if (http.Request.Headers[Header] != Value)
        {
            return false;
        }

        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }

        return true;
    }
}
