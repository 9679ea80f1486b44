using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Wire;

/// <summary>What a request is called in logs, traces and errors.</summary>
internal static class RequestName
{
    public static string CorrelationId(this HttpContext http) => http.TraceIdentifier;
}
