using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Http;

/// <summary>Calls an HTTP service.</summary>
internal sealed class HttpActivity(IHttpSender sender) : IPreviewableActivity
{
    private const string SuccessPort = "success";
    private const int DefaultTimeoutSeconds = 30;

    public ActivityDescriptor Descriptor { get; } = new()
    {
        Type = "action_http",
        TypeAliases = ["action_webhook"],
        Category = "action",
        DisplayName = "HTTP request",
        Icon = "world-www",
        Description = "Calls a web service and puts out status, headers and body. Any status from 200 to 299 is a success.",
        Outputs = [SuccessPort, "error"],
        HasEffects = true,
        RetryCountField = "retry_count",
        DefaultTimeout = TimeSpan.FromSeconds(DefaultTimeoutSeconds),
        ConfigAliases = new Dictionary<string, string> { ["body_template"] = "body" },
        ConfigSchema = HttpSchema.Json,
    };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        if (!HttpRequestReader.TryRead(context, TimeSpan.FromSeconds(DefaultTimeoutSeconds), out var call, out var failure))
        {
            return failure;
        }

        var answer = await sender.SendAsync(context.Execution, call, ct);
        return answer.Match(
            response => Answered(context, call, response),
            failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable));
    }

    /// <summary>Goes on as if the service had answered 200 without a body.</summary>
    public Preview Preview(IActivityContext context)
    {
        if (!HttpRequestReader.TryRead(context, TimeSpan.FromSeconds(DefaultTimeoutSeconds), out var call, out var failure))
        {
            return new(default, failure);
        }

        var output = Output(new(200, [], default), JsonElement.Parse("null"));
        Pinned(context, SuccessPort, output);
        return new(HttpRequestPreview.Of(call), new ActivityResult.Completed(SuccessPort, output));
    }

    public void Pinned(IActivityContext context, string? port, JsonElement output)
    {
        if (port == SuccessPort && context.Config.Text("output_variable") is { Length: > 0 } variable)
        {
            context.SetVariable(variable, output.At("body"));
        }
    }

    private ActivityResult Answered(IActivityContext context, HttpCall call, HttpAnswer.Response response)
    {
        // The path is left out: services such as chat hooks carry their secret there.
        context.Log(string.Create(CultureInfo.InvariantCulture, $"{call.Method} {call.Url.Host}: {response.Status}, {response.Body.Length:N0} bytes."));
        var wanted = context.Config.Text("response_type") ?? "auto";
        var content = HttpContentReader.Read(response, wanted);
        var output = Output(response, content.Body);
        if (response.Status is < 200 or > 299)
        {
            var reason = ReasonPhrases.GetReasonPhrase(response.Status);
            var message = string.Create(CultureInfo.InvariantCulture, $"{call.Url.Host} answered with status {response.Status}{(reason.Length > 0 ? $" ({reason})" : "")}.");
            return new ActivityResult.Failed("http.status", message, IsTemporary(response.Status)) { Detail = output };
        }

        if (content.Problem is not null)
        {
            if (wanted == "json")
            {
                return new ActivityResult.Failed("http.not_json", $"{call.Url.Host} answered well, but {content.Problem}.", Retryable: false) { Detail = output };
            }

            context.Log($"The body was left out of the output: {content.Problem}.");
        }

        Pinned(context, SuccessPort, output);
        return new ActivityResult.Completed(SuccessPort, output);
    }

    private static bool IsTemporary(int status) => status is 408 or 425 or 429 or (>= 500 and <= 599);

    private static JsonElement Output(HttpAnswer.Response response, JsonElement body)
    {
        var headers = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in response.Headers)
        {
            var key = name.ToLowerInvariant();
            headers[key] = headers.TryGetValue(key, out var earlier) ? $"{earlier}, {value}" : value;
        }

        return JsonSerializer.SerializeToElement(new { status = response.Status, headers, body });
    }
}
