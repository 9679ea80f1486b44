using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Writes a definition in one canonical form: fixed field order, defaults left out, no white space.</summary>
internal static class DefinitionWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The node fields that we know.</summary>
    public static FrozenSet<string> NodeFields { get; } =
        FrozenSet.Create(
            StringComparer.Ordinal,
            "node_type",
            "label",
            "position",
            "config",
            "enabled",
            "description",
            "retry",
            "timeout_seconds",
            "on_error"
        );

    public static byte[] Write(WorkflowDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteStartObject("nodes");
        foreach (var node in definition.Nodes)
        {
            WriteNode(writer, node);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("connections");
        foreach (var connection in definition.Connections)
        {
            writer.WriteStartObject();
            writer.WriteString("connection_id", connection.Id);
            writer.WriteString("from_node_id", connection.FromNode.Value);
            writer.WriteString("from_port_name", connection.FromPort);
            writer.WriteString("to_node_id", connection.ToNode.Value);
            writer.WriteString("to_port_name", connection.ToPort);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteValue(writer, "global_variables", definition.GlobalVariables);
        WriteSettings(writer, definition.Settings);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNode(Utf8JsonWriter writer, NodeDefinition node)
    {
        writer.WriteStartObject(node.Id.Value);
        writer.WriteString("node_type", node.Type);
        writer.WriteString("label", node.Label);
        WriteValue(writer, "position", node.Position);
        WriteValue(writer, "config", node.Config);
        if (!node.Enabled)
        {
            writer.WriteBoolean("enabled", false);
        }

        if (node.Description is not null)
        {
            writer.WriteString("description", node.Description);
        }

        if (node.Retry is { } retry)
        {
            writer.WriteStartObject("retry");
            writer.WriteNumber("max_attempts", retry.MaxAttempts);
            writer.WriteString("backoff", retry.Backoff);
            writer.WriteNumber("initial_seconds", retry.InitialSeconds);
            writer.WriteEndObject();
        }

        if (node.Timeout is { } timeout)
        {
            writer.WriteNumber("timeout_seconds", timeout.TotalSeconds);
        }

        if (node.OnError is { } onError)
        {
            writer.WriteString(
                "on_error",
                onError switch
                {
                    ErrorHandling.Fail => "fail",
                    ErrorHandling.Continue => "continue",
                    ErrorHandling.ErrorPort => "error_port",
                }
            );
        }

        foreach (var (name, value) in node.Other)
        {
            WriteValue(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter writer, WorkflowSettings settings)
    {
        if (settings == WorkflowSettings.None)
        {
            return;
        }

        writer.WriteStartObject("settings");
        if (settings.OnFailure is not null)
        {
            writer.WriteString("on_failure", settings.OnFailure);
        }

        if (settings.Concurrency is { } concurrency)
        {
            writer.WriteStartObject("concurrency");
            writer.WriteNumber("limit", concurrency.Limit);
            writer.WriteString(
                "policy",
                concurrency.Policy switch
                {
                    ConcurrencyPolicy.Queue => "queue",
                    ConcurrencyPolicy.Skip => "skip",
                    ConcurrencyPolicy.CancelOldest => "cancel_oldest",
                }
            );
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }
}
