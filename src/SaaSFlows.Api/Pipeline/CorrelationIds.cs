using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// What a request is called in logs, traces, the audit log and answers: what the caller calls it, else its trace, else a name of ours.
/// </summary>
internal static class CorrelationIds
{
    private const string Header = "X-Correlation-ID";
    private const string OtherHeader = "X-Request-ID";
    private const int MaxLength = 128;

    public static Task UseAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        http.TraceIdentifier =
            Valid(headers[Header]) ?? Valid(headers[OtherHeader]) ?? Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        Activity.Current?.SetTag("correlation.id", http.TraceIdentifier);
        Answer(http);
        return next(http);
    }

    /// <summary>Puts it into the answer; once more where the answer was begun anew.</summary>
    public static void Answer(HttpContext http)
    {
        http.Response.Headers[Header] = http.TraceIdentifier;
        http.Response.Headers[OtherHeader] = http.TraceIdentifier;
    }

    // It comes back in headers, logs and JSON: what could mean anything there is not taken.
    private static string? Valid(string? id)
    {
        if (id is null or { Length: 0 or > MaxLength })
        {
            return null;
        }

        foreach (var letter in id)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or ':' or '/' or '+' or '='))
            {
                return null;
            }
        }

        return id;
    }
}
