using System.Text.Json;
using SaaSFlows.Activities.Conditions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Decides whether a chat message starts a <c>trigger_command</c>.</summary>
public static class CommandMatch
{
    /// <summary>The words after the command if the message starts the trigger, else null. Cooldowns are not looked at.</summary>
    /// <param name="config">The trigger's configuration under our field names.</param>
    /// <param name="message">The message as it was written.</param>
    /// <param name="platform">Where it was written, such as <c>web_chat</c>.</param>
    /// <param name="may">Whether its author has a role (operator, editor, admin) or a permission in the channel's community.</param>
    public static IReadOnlyList<string>? TryMatch(JsonElement config, string message, string platform, Func<string, bool> may)
    {
        var text = Nfc.Of(message).AsSpan().Trim();
        if (
            config.At("command_pattern") is not { ValueKind: JsonValueKind.String } pattern
            || !IsHeardOn(config.At("platforms"), platform)
            || Demands(config).Any(demand => !may(demand))
            || (config.At("message_min_length") is { ValueKind: JsonValueKind.Number } shortest && text.Length < shortest.GetDouble())
        )
        {
            return null;
        }

        var command = Nfc.Of(pattern.GetString()!).AsSpan().Trim();
        var comparison = config.At("case_sensitive").ValueKind == JsonValueKind.True ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (command.IsEmpty || !text.StartsWith(command, comparison))
        {
            return null;
        }

        // The words are taken from what was written, not from what was compared.
        var rest = text[command.Length..];
        return rest.IsEmpty || char.IsWhiteSpace(rest[0]) ? Words(message)[Words(command.ToString()).Length..] : null;
    }

    /// <summary>How long the trigger rests after a start: for everybody, and for the member who started it.</summary>
    public static (TimeSpan ForAll, TimeSpan ForUser) Cooldowns(JsonElement config) =>
        (Seconds(config.At("cooldown_seconds")), Seconds(config.At("user_cooldown_seconds")));

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static TimeSpan Seconds(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? TimeSpan.FromSeconds(value.GetDouble()) : TimeSpan.Zero;

    private static bool IsHeardOn(JsonElement platforms, string platform) =>
        platforms.ValueKind != JsonValueKind.Array
        || platforms.GetArrayLength() == 0
        || Operators.IsInList(JsonSerializer.SerializeToElement(platform), platforms);

    // What is demanded in a way that cannot be read is asked for as it is written: nobody has it, so the command starts for nobody.
    private static IEnumerable<string> Demands(JsonElement config)
    {
        if (IsDemanded(config.At("require_mod")))
        {
            yield return "editor";
        }

        if (IsDemanded(config.At("require_bot_owner")))
        {
            yield return "admin";
        }

        if (config.At("require_permission") is var permission && IsDemanded(permission))
        {
            yield return permission.ToString();
        }
    }

    private static bool IsDemanded(JsonElement field) =>
        field.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False)
        && !(field.ValueKind == JsonValueKind.String && field.GetString() is "" or "everyone");
}
