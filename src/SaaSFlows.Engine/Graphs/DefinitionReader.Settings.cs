using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>The workflow's settings. What we do not know is refused: a misspelt limit would limit nothing.</summary>
internal sealed partial class DefinitionReader
{
    private const int MaxConcurrency = 1_000;
    private const int MaxWorkflowName = 200;

    private WorkflowSettings ReadSettings(JsonElement settings)
    {
        RefuseOthers(settings, "settings.", "on_failure", "concurrency");
        var onFailure = OptionalText(settings, "on_failure", "settings.");
        if (onFailure is { Length: 0 or > MaxWorkflowName })
        {
            Wrong("settings.on_failure", "Must be the id or the key of a workflow.");
        }

        var concurrency = Given(settings, "concurrency", JsonValueKind.Object, "settings.");
        return new(onFailure, concurrency is { } given ? ReadConcurrency(given, "settings.concurrency.") : null);
    }

    private ConcurrencyLimit ReadConcurrency(JsonElement concurrency, string path)
    {
        RefuseOthers(concurrency, path, "limit", "policy");
        var limit = OptionalNumber(concurrency, "limit", path) ?? 0;
        if (limit is < 1 or > MaxConcurrency || limit != Math.Floor(limit))
        {
            Wrong(path + "limit", $"Must be a whole number from 1 to {MaxConcurrency:N0}.");
        }

        return new((int)Math.Clamp(limit, 1, MaxConcurrency), ReadPolicy(OptionalText(concurrency, "policy", path), path));
    }

    private ConcurrencyPolicy ReadPolicy(string? text, string path)
    {
        switch (text)
        {
            case null or "queue":
                return ConcurrencyPolicy.Queue;
            case "skip":
                return ConcurrencyPolicy.Skip;
            case "cancel_oldest":
                return ConcurrencyPolicy.CancelOldest;
            default:
                Wrong(path + "policy", $"Must be queue, skip or cancel_oldest, not '{text}'.");
                return ConcurrencyPolicy.Queue;
        }
    }

    private void RefuseOthers(JsonElement parent, string path, params ReadOnlySpan<string> known)
    {
        foreach (var field in parent.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                Wrong(path + field.Name, "There is no such setting.");
            }
        }
    }
}
