using System.Text;
using System.Text.Json;
using SaaSFlows.Activities.Http;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Modules;

/// <summary>Calls a service of the registry.</summary>
internal sealed class ModuleActivity(IModules modules, IHttpSender sender) : IPreviewableActivity
{
    private const string SuccessPort = "success";
    private const int DefaultTimeoutSeconds = 30;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_module",
            Category = "action",
            DisplayName = "Call module",
            Icon = "puzzle",
            Description =
                "Sends JSON to a registered service by its name: to a healthy one where there are several. Puts out status, headers and body of "
                + "the answer.",
            Produces = "the module's answer: `status`, `headers`, `body`, as `action_http` puts it out",
            Outputs = [SuccessPort, "error"],
            HasEffects = true,
            RetryCountField = "retry_count",
            DefaultTimeout = TimeSpan.FromSeconds(DefaultTimeoutSeconds),
            VariablesFrom = ["output_mapping"],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["module_name"],
                  "properties": {
                    "module_name": {
                      "type": "string",
                      "title": "Module",
                      "description": "The name under which the service is registered.",
                      "minLength": 1,
                      "maxLength": 200
                    },
                    "module_version": {
                      "type": "string",
                      "title": "Version",
                      "description": "Only services whose metadata.version is this. Empty: any.",
                      "maxLength": 200
                    },
                    "path": {
                      "type": "string",
                      "title": "Path",
                      "description": "Added to the service's address, such as /render.",
                      "maxLength": 1000
                    },
                    "input_mapping": {
                      "type": "object",
                      "title": "Input",
                      "description": "Names and values that are sent as a JSON object. Empty: what arrived.",
                      "x-widget": "key-value"
                    },
                    "output_mapping": {
                      "type": "object",
                      "title": "Output",
                      "description": "Variables and where in the answer's body their values are, such as {\"total\": \"result.total\"}.",
                      "additionalProperties": { "type": "string", "minLength": 1, "maxLength": 500, "x-literal": true },
                      "x-widget": "key-value",
                      "x-literal": true
                    },
                    "output_schema": {
                      "type": "object",
                      "title": "Schema of the body",
                      "description":
                      "A JSON Schema of the response's body. A dry run goes on with its example where no real execution has brought a response.",
                      "x-widget": "json",
                      "x-literal": true
                    },
                    "timeout_seconds": {
                      "type": "number",
                      "title": "Time limit",
                      "description": "How long one try may take, in seconds.",
                      "minimum": 1,
                      "maximum": 300,
                      "default": 30,
                      "x-literal": true
                    },
                    "retry_count": {
                      "type": "integer",
                      "title": "Further tries",
                      "description":
                      "How often to try again after a failure that may pass (no healthy service, no connection, status 408, 425, 429 or 5xx), with growing pauses, or as late as Retry-After of the answer asks. The node's own retry setting wins.",
                      "minimum": 0,
                      "maximum": 19,
                      "default": 0,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var name = context.Config.Text("module_name") ?? "";
        var choice = await modules.ChooseAsync(context.Execution, name, Version(context), context.Attempt, ct);
        return await choice.Match(
            found => CallAsync(context, found.Address, ct),
            failed => ValueTask.FromResult<ActivityResult>(new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable))
        );
    }

    /// <summary>Goes on as if the service had answered 200 without a body, unless more is known.</summary>
    public Preview Preview(IActivityContext context)
    {
        var would = JsonSerializer.SerializeToElement(
            new
            {
                module = context.Config.Text("module_name"),
                version = Version(context),
                path = context.Config.Text("path"),
                body = Body(context),
            }
        );
        var output = HttpOutcome.Output(new(200, [], default), JsonElement.Parse("null"));
        Pinned(context, SuccessPort, output);
        return new(would, new ActivityResult.Completed(SuccessPort, output));
    }

    public bool UsesLastOutput => true;

    public JsonElement Example(IActivityContext context) => HttpOutcome.Example(context);

    public void Pinned(IActivityContext context, string? port, JsonElement output)
    {
        if (port == SuccessPort && context.Config.Raw("output_mapping") is { ValueKind: JsonValueKind.Object } mapping)
        {
            foreach (var variable in mapping.EnumerateObject())
            {
                var value = output.At($"body.{variable.Value.GetString()}");
                context.SetVariable(variable.Name, value.IsMissing() ? JsonElement.Parse("null") : value);
            }
        }
    }

    private async ValueTask<ActivityResult> CallAsync(IActivityContext context, Uri address, CancellationToken ct)
    {
        if (!TryAddPath(address, context.Config.Text("path"), out var url))
        {
            return new ActivityResult.Failed("module.bad_path", "path does not make a web address together with the service's.", Retryable: false);
        }

        var timeout = context.Config.Value("timeout_seconds").TryNumber(out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromSeconds(DefaultTimeoutSeconds);
        var call = new HttpCall(
            "POST",
            url,
            [new("Idempotency-Key", context.IdempotencyKey)],
            Encoding.UTF8.GetBytes(Body(context).GetRawText()),
            "application/json",
            timeout
        );
        var answer = await sender.SendAsync(context.Execution, call, ct);
        var result = answer.Match(
            response => HttpOutcome.Of(context, call, response, "auto"),
            failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable)
        );
        if (result is ActivityResult.Completed completed)
        {
            Pinned(context, SuccessPort, completed.Output);
        }

        return result;
    }

    // Nothing that a template puts into the path leads to another host.
    private static bool TryAddPath(Uri address, string? path, out Uri url)
    {
        url = address;
        if (string.IsNullOrEmpty(path))
        {
            return true;
        }

        return Uri.TryCreate($"{address.AbsoluteUri.TrimEnd('/')}/{path.TrimStart('/')}", UriKind.Absolute, out url!)
            && url.Authority == address.Authority
            && url.Scheme == address.Scheme;
    }

    private static string? Version(IActivityContext context) => context.Config.Text("module_version") is { Length: > 0 } version ? version : null;

    private static JsonElement Body(IActivityContext context) =>
        context.Config.Has("input_mapping") ? context.Config.Value("input_mapping")
        : context.Input.IsMissing() ? JsonElement.Parse("{}")
        : context.Input;
}
