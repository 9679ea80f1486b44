using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Deliveries;

namespace SaaSFlows.Api.Webhooks;

/// <summary>Answers a delivery that is on disk (seed 002). Written by hand: an output that was stored as JSON goes out as it is.</summary>
internal sealed class DeliveryAnswer(ReceivedDelivery received) : IResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + (received.Result?.Output.Length ?? 0));
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer);
        }

        var response = httpContext.Response;
        if (received.Execution.Rate is { } rate)
        {
            rate.WriteTo(response.Headers);
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        await response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter writer)
    {
        var (_, webhook, execution, result) = received;
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteString("message"u8, "Workflow execution triggered"u8);
        writer.WriteStartObject("data"u8);
        writer.WriteString("execution_id"u8, execution.Id.Value);
        writer.WriteString("webhook_id"u8, webhook.Value);
        writer.WriteString("workflow_id"u8, execution.Workflow.Value);
        writer.WriteString("status"u8, result is null ? "queued" : Names.Of(result.Status));
        writer.WriteString("timestamp"u8, execution.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
        if (result is not null)
        {
            writer.WritePropertyName("output"u8);
            if (result.Output.IsEmpty)
            {
                writer.WriteNullValue();
            }
            else
            {
                writer.WriteRawValue(result.Output.Span, skipInputValidation: true);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
