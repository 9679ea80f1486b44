using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Http;

/// <summary>Calls an HTTP service.</summary>
internal sealed class HttpActivity(IHttpSender sender) : IPreviewableActivity, IConfigRules
{
    private const string SuccessPort = "success";
    private const int DefaultTimeoutSeconds = 30;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_http",
            TypeAliases = ["action_webhook"],
            Category = "action",
            DisplayName = "HTTP request",
            Icon = "world-www",
            Description = "Calls a web service and puts out status, headers and body. Any status from 200 to 299 is a success.",
            Produces =
                "`status`, `headers` (lower-case names; repeated ones joined with a comma), `body`. Other statuses than 200 to 299 fail with "
                + "`http.status`; the `error` port then carries the same as `detail`. A body that is no text fails the node with `http.not_text`",
            Outputs = [SuccessPort, "error"],
            HasEffects = true,
            RetryCountField = "retry_count",
            DefaultTimeout = TimeSpan.FromSeconds(DefaultTimeoutSeconds),
            ConfigAliases = new Dictionary<string, string> { ["body_template"] = "body" },
            JsonTextIn = "body",
            VariablesFrom = ["output_variable"],
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
            failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable)
        );
    }

    /// <inheritdoc/>
    public IEnumerable<string> Problems(JsonElement config) => HttpRequestRules.Problems(config);

    /// <summary>Goes on as if the service had answered 200 without a body, unless more is known.</summary>
    public Preview Preview(IActivityContext context)
    {
        if (!HttpRequestReader.TryRead(context, TimeSpan.FromSeconds(DefaultTimeoutSeconds), out var call, out var failure))
        {
            return new(default, failure);
        }

        var output = HttpOutcome.Output(new(200, [], default), JsonElement.Parse("null"));
        Pinned(context, SuccessPort, output);
        return new(HttpRequestPreview.Of(call), new ActivityResult.Completed(SuccessPort, output));
    }

    public bool UsesLastOutput => true;

    public JsonElement Example(IActivityContext context) => HttpOutcome.Example(context);

    public void Pinned(IActivityContext context, string? port, JsonElement output)
    {
        if (port == SuccessPort && context.Config.Text("output_variable") is { Length: > 0 } variable)
        {
            context.SetVariable(variable, output.At("body"));
        }
    }

    private ActivityResult Answered(IActivityContext context, HttpCall call, HttpAnswer.Response response)
    {
        var result = HttpOutcome.Of(context, call, response, context.Config.Text("response_type") ?? "auto");
        if (result is ActivityResult.Completed completed)
        {
            Pinned(context, SuccessPort, completed.Output);
        }

        return result;
    }
}
