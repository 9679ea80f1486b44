using System.Text.Json;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Decides whether a chat message starts a <c>trigger_command</c>.</summary>
public static class CommandMatch
{
    // Who the author of a message is cannot be checked yet. A trigger that asks for it must not start for everybody instead.
    private static readonly string[] UncheckedDemands = ["require_mod", "require_bot_owner", "require_permission"];

    /// <summary>The words after the command if the message starts the trigger, else null.</summary>
    /// <param name="config">The trigger's configuration under our field names.</param>
    /// <param name="message">The message as it was written.</param>
    public static IReadOnlyList<string>? TryMatch(JsonElement config, string message)
    {
        var text = message.AsSpan().Trim();
        if (Field(config, "command_pattern") is not { ValueKind: JsonValueKind.String } pattern
            || Array.Exists(UncheckedDemands, demand => IsDemanded(Field(config, demand)))
            || (Field(config, "message_min_length") is { ValueKind: JsonValueKind.Number } shortest && text.Length < shortest.GetDouble()))
        {
            return null;
        }

        var command = pattern.GetString()!.AsSpan().Trim();
        var comparison = Field(config, "case_sensitive").ValueKind == JsonValueKind.True ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (command.IsEmpty || !text.StartsWith(command, comparison))
        {
            return null;
        }

        var rest = text[command.Length..];
        return rest.IsEmpty || char.IsWhiteSpace(rest[0])
            ? rest.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : null;
    }

    private static bool IsDemanded(JsonElement field) =>
        field.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False)
        && !(field.ValueKind == JsonValueKind.String && field.GetString() is "" or "everyone");

    private static JsonElement Field(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out var field) ? field : default;
}
