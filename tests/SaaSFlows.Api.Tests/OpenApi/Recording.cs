using System.Text.Json;

namespace SaaSFlows.Api.Tests.OpenApi;

/// <summary>
/// Real requests and answers of the tests, one JSON object a line, where <c>SAASFLOWS_RECORD_ANSWERS</c> names a file: examples for the document are
/// chosen from them.
/// </summary>
internal static class Recording
{
    private const int LongestBody = 20_000;

    private static readonly string? File = Environment.GetEnvironmentVariable("SAASFLOWS_RECORD_ANSWERS");
    private static readonly Lock OneAtATime = new();

    public static bool IsWanted => File is not null;

    public static void Add(Operation operation, int status, string contentType, string? request, string answer)
    {
        if (File is null || answer.Length > LongestBody || request?.Length > LongestBody)
        {
            return;
        }

        var line = JsonSerializer.Serialize(
            new
            {
                route = $"{operation.Method} {operation.Template}",
                status,
                type = contentType,
                request,
                answer,
            }
        );
        lock (OneAtATime)
        {
            System.IO.File.AppendAllText(File, line + "\n");
        }
    }
}
