using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>Writes bodies; <see cref="EventBodyReader"/> reads them.</summary>
internal static class EventBodyWriter
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter writer, EventBody body)
    {
        writer.WriteStartObject();
        switch (body)
        {
            case EventBody.Completed completed:
                WriteCompleted(
                    writer,
                    completed.Port,
                    completed.Output,
                    completed.PassesInput,
                    completed.Variables,
                    completed.Logs,
                    completed.Bookmark,
                    completed.Due
                );
                break;
            case EventBody.Failed failed:
                WriteFailed(writer, failed);
                break;
            case EventBody.Suspended suspended:
                writer.WriteString("bookmark"u8, suspended.Bookmark.Value);
                writer.WriteString("kind"u8, suspended.Kind);
                WriteText(writer, "key"u8, suspended.Key);
                WriteTime(writer, "due"u8, suspended.Due);
                WriteValue(writer, "data"u8, suspended.Data);
                WriteVariables(writer, suspended.Variables);
                WriteLogs(writer, suspended.Logs);
                break;
            case EventBody.Stimulated stimulated:
                writer.WriteString("bookmark"u8, stimulated.Bookmark.Value);
                writer.WriteString("kind"u8, stimulated.Kind);
                WriteValue(writer, "payload"u8, stimulated.Payload);
                break;
            case EventBody.LoopStarted loop:
                WriteValue(writer, "items"u8, loop.Items);
                WriteText(writer, "item"u8, loop.Item);
                WriteText(writer, "index"u8, loop.Index);
                writer.WriteNumber("max_parallel"u8, loop.MaxParallel);
                WriteNumber(writer, "collect"u8, loop.CollectBytes);
                WriteLogs(writer, loop.Logs);
                break;
            case EventBody.IterationStarted iteration:
                WriteLogs(writer, iteration.Logs);
                break;
            case EventBody.Skipped skipped:
                writer.WriteString("reason"u8, skipped.Reason);
                WriteText(writer, "port"u8, skipped.Port);
                break;
            case EventBody.Started started:
                writer.WriteString("trigger"u8, started.Trigger);
                WriteValue(writer, "input"u8, started.Input);
                WriteValue(writer, "variables"u8, started.Variables);
                WriteValue(writer, "env"u8, started.Env);
                WriteValue(writer, "metadata"u8, started.Metadata);
                WriteValue(writer, "place"u8, started.Place);
                WriteSeed(writer, started.Seed);
                break;
            case EventBody.CancelRequested cancel:
                WriteText(writer, "by"u8, cancel.By);
                WriteText(writer, "reason"u8, cancel.Reason);
                break;
            case EventBody.ExecutionCompleted end:
                WriteValue(writer, "output"u8, end.Output);
                WriteFinalVariables(writer, end.Variables);
                break;
            case EventBody.ExecutionFailed end:
                writer.WriteString("code"u8, end.Code);
                writer.WriteString("message"u8, end.Message);
                WriteText(writer, "node"u8, end.Node);
                break;
            default:
                throw new InvalidOperationException("The family of event bodies is closed.");
        }

        writer.WriteEndObject();
    }

    private static void WriteSeed(Utf8JsonWriter writer, StartSeed? seed)
    {
        if (seed is null)
        {
            return;
        }

        writer.WriteString("at"u8, seed.At.Value);
        writer.WriteStartObject("seed"u8);
        WriteValue(writer, "input"u8, seed.Input);
        WriteValue(writer, "trigger"u8, seed.Trigger);
        WriteValue(writer, "outputs"u8, seed.Outputs);
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields that most events have, without an object to hold them.</summary>
    public static void WriteCompleted(
        Utf8JsonWriter writer,
        string? port,
        JsonElement output,
        bool passesInput,
        IReadOnlyList<Variable> variables,
        IReadOnlyList<string> logs,
        BookmarkId? bookmark,
        DateTimeOffset? due
    )
    {
        WriteText(writer, "port"u8, port);
        if (passesInput)
        {
            writer.WriteBoolean("passes_input"u8, true);
        }
        else
        {
            WriteValue(writer, "output"u8, output);
        }

        WriteVariables(writer, variables);
        WriteLogs(writer, logs);
        if (bookmark is { } given)
        {
            writer.WriteString("bookmark"u8, given.Value);
            WriteTime(writer, "due"u8, due);
        }
    }

    private static void WriteFailed(Utf8JsonWriter writer, EventBody.Failed failed)
    {
        WriteValue(writer, "error"u8, failed.Error);
        writer.WriteBoolean("retryable"u8, failed.Retryable);
        writer.WriteString(
            "next"u8,
            failed.Next switch
            {
                AfterFailure.Retry => "retry",
                AfterFailure.ErrorPort => "error_port",
                AfterFailure.Continue => "continue",
                AfterFailure.Fail => "fail",
            }
        );
        WriteText(writer, "port"u8, failed.Port);
        WriteTime(writer, "retry_at"u8, failed.RetryAt);
        if (failed.Bookmark is { } bookmark)
        {
            writer.WriteString("bookmark"u8, bookmark.Value);
        }

        if (failed.CancelsArrived)
        {
            writer.WriteBoolean("cancels_arrived"u8, true);
        }

        WriteLogs(writer, failed.Logs);
    }

    private static void WriteVariables(Utf8JsonWriter writer, IReadOnlyList<Variable> variables)
    {
        if (variables.Count > 0)
        {
            WriteVariables(writer, "variables"u8, variables, areLocal: false);
            WriteVariables(writer, "locals"u8, variables, areLocal: true);
        }
    }

    private static void WriteVariables(Utf8JsonWriter writer, ReadOnlySpan<byte> field, IReadOnlyList<Variable> variables, bool areLocal)
    {
        var isOpen = false;
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, value, isLocal) = variables[i];
            if (isLocal != areLocal)
            {
                continue;
            }

            if (!isOpen)
            {
                writer.WriteStartObject(field);
                isOpen = true;
            }

            WriteValue(writer, name, value);
        }

        if (isOpen)
        {
            writer.WriteEndObject();
        }
    }

    private static void WriteFinalVariables(Utf8JsonWriter writer, Dictionary<string, JsonElement> variables)
    {
        if (variables.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("variables"u8);
        foreach (var (name, value) in variables)
        {
            WriteValue(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteLogs(Utf8JsonWriter writer, IReadOnlyList<string> logs)
    {
        if (logs.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("logs"u8);
        foreach (var line in logs)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
    }

    internal static void WriteValue(Utf8JsonWriter writer, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName(name);
            WriteRaw(writer, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName(name);
            WriteRaw(writer, value);
        }
    }

    // The element was parsed once: its bytes are JSON.
    private static void WriteRaw(Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } given)
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            writer.WriteString(name, given.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        }
    }
}
