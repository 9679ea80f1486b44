using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Chat;

/// <summary>Decides whether a chat message is an answer that a node waits for; its channel was compared before.</summary>
public static class ChatAnswer
{
    /// <param name="demands">An object: <c>user_id</c> if only that user's answer counts, and <c>choices</c>, the answers that count; none means
    /// any.</param>
    /// <param name="text">The message as it was written.</param>
    /// <param name="choice">The choice as its author wrote it; null where there are none.</param>
    public static bool IsMeant(JsonElement demands, UserId user, string text, out string? choice)
    {
        choice = null;
        if (demands.At("user_id") is { ValueKind: JsonValueKind.String } only && !(only.TryGetGuid(out var id) && id == user.Value))
        {
            return false;
        }

        var choices = demands.At("choices");
        if (choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0)
        {
            return true;
        }

        choice = choices
            .EnumerateArray()
            .Select(one => one.GetString()!)
            .FirstOrDefault(one => one.Trim().Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        return choice is not null;
    }
}
