using System.Globalization;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Catalogue;

/// <summary>Draws the documentation of activities from their descriptors.</summary>
internal static class ActivityPage
{
    public static string Draw(IEnumerable<ActivityDescriptor> descriptors)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Activities

            What a node can do. This page is drawn from the activities' own descriptions (`GET /api/v1/activities` gives the same as JSON): change those, not this page.

            Every field may hold templates such as `{{input.total}}` unless it says *fixed*; [expressions](expressions.md) has their language. A template alone in its field keeps its type.
            A field that is null counts as not given. A field that is not listed here is an error, so that nothing that you wrote is silently ignored.

            """
        );
        foreach (var descriptor in descriptors)
        {
            Draw(page, descriptor);
        }

        page.Append(ConditionNotes);
        return page.ToString();
    }

    private static void Draw(StringBuilder page, ActivityDescriptor descriptor)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {descriptor.DisplayName} `{descriptor.Type}`\n\n{descriptor.Description}\n\n");
        page.Append(
            CultureInfo.InvariantCulture,
            $"{Ports(descriptor.Inputs)} → {Ports(descriptor.Outputs)}{(descriptor.OutputsFrom is { } field ? $" / the ports that `{field}` names" : "")}{string.Concat(Traits(descriptor).Select(trait => $" · {trait}"))}\n"
        );
        DrawFields(page, descriptor);
        DrawReserved(page, descriptor.ConfigSchema);
    }

    private static string Ports(IReadOnlyList<string> ports) => ports.Count == 0 ? "(none)" : string.Join(" / ", ports.Select(port => $"`{port}`"));

    private static IEnumerable<string> Traits(ActivityDescriptor descriptor)
    {
        if (descriptor.TypeAliases.Count > 0)
        {
            yield return $"also `{string.Join("`, `", descriptor.TypeAliases)}`";
        }

        if (descriptor.HasEffects)
        {
            yield return "has effects";
        }

        if (descriptor.CanSuspend)
        {
            yield return "can wait";
        }

        if (descriptor.DefaultTimeout is { } timeout)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{timeout.TotalSeconds} s for each try");
        }

        if (descriptor.DefaultRetry.MaxAttempts > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{descriptor.DefaultRetry.MaxAttempts} tries unless you say otherwise");
        }
    }

    private static void DrawFields(StringBuilder page, ActivityDescriptor descriptor)
    {
        var schema = descriptor.ConfigSchema;
        page.Append("\n| field | type | default | |\n|---|---|---|---|\n");
        foreach (var field in schema.GetProperty("properties").EnumerateObject())
        {
            var aliases = descriptor.ConfigAliases.Where(alias => alias.Value == field.Name).Select(alias => $" (also `{alias.Key}`)");
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{field.Name}`{string.Concat(aliases)} | {Type(field.Value)} | {Default(schema, field)} | {Explanation(field.Value)} |\n"
            );
        }
    }

    private static string Type(JsonElement field)
    {
        var type =
            field.TryGetProperty("enum", out var names) ? string.Join(", ", names.EnumerateArray().Select(name => $"`{name}`"))
            : field.TryGetProperty("$ref", out _) ? "conditions"
            : field.TryGetProperty("type", out var one)
                ? (one.ValueKind == JsonValueKind.Array ? string.Join(" or ", one.EnumerateArray()) : one.ToString())
            : "any JSON";
        return field.TryGetProperty("x-literal", out _) ? $"{type}, *fixed*" : type;
    }

    private static string Default(JsonElement schema, JsonProperty field)
    {
        var required = schema.TryGetProperty("required", out var names) && names.EnumerateArray().Any(name => name.ValueEquals(field.Name));
        return required ? "**required**"
            : field.Value.TryGetProperty("default", out var value) ? $"`{Plain(value)}`"
            : "";
    }

    private static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Explanation(JsonElement field)
    {
        var limits = new List<string>();
        foreach (
            var (keyword, words) in new[]
            {
                ("minimum", "from {0}"),
                ("maximum", "up to {0}"),
                ("maxLength", "up to {0} characters"),
                ("maxItems", "up to {0} entries"),
            }
        )
        {
            if (field.TryGetProperty(keyword, out var limit))
            {
                limits.Add(string.Format(CultureInfo.InvariantCulture, words, limit.GetDouble().ToString("#,0.##", CultureInfo.InvariantCulture)));
            }
        }

        var text = field.TryGetProperty("description", out var description) ? description.GetString()! : $"{field.GetProperty("title").GetString()}.";
        return (limits.Count == 0 ? text : $"{text} *{string.Join(", ", limits)}*").Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static void DrawReserved(StringBuilder page, JsonElement schema)
    {
        if (schema.TryGetProperty("x-reserved", out var reserved))
        {
            page.Append("\nAccepted with a warning, because imported definitions carry them:\n\n");
            foreach (var field in reserved.EnumerateObject())
            {
                page.Append(CultureInfo.InvariantCulture, $"- {field.Value}\n");
            }
        }
    }

    private const string ConditionNotes = """

        ## Conditions

        A condition is a list (all must hold) of comparisons `{"variable", "operator", "value"}` and groups `{"and": […]}`, `{"or": […]}`, `{"not": …}`. They are decided from left to right and
        only as far as needed. `variable` is a name such as `payload.amount` or `variables.total`, or a template; `value` may hold templates.

        A field that the data do not have is *missing*, which is the same as null everywhere. A name that nothing in the workflow has is told when it is checked.

        | operator | holds if |
        |---|---|
        | `equals` | both are missing; or one is a number and both are the same number (`5`, `5.0`, `"5"`); or both are the same text (case-sensitive; true and false equal their text); or both are the same list or object |
        | `greater_than` `less_than` `greater_equal` `less_equal` | both are numbers or text that is a number, and are in that order; or both are text, in the order of their character codes (so RFC 3339 times of one offset compare as times). Anything else has no order: it never holds |
        | `contains` | the text holds the other as a part; or an entry of the list equals it; or the object has a field of that name |
        | `matches_regex` | the pattern is found in the text (anchor it with `^` and `$` for the whole text; `(?i)` ignores case). Patterns have at most 500 characters and no look-around or back-references, texts at most 10,000 characters: otherwise the node fails and says so |
        | `in_list` | an entry of the list equals it; the list may be text with commas: `red, green` |
        | `exists` | it is neither missing nor null |
        | `is_empty` | it is missing, null, `""`, `[]` or `{}` |
        | `starts_with` `ends_with` | the text does; numbers, true and false count as their text |
        | `between` | it is at least the first and at most the second of two values, numbers or dates: `[1, 10]`. Another value than a list of two fails the node |
        | `before` `after` | both are dates, and in that order. A date is RFC 3339 or `2026-03-14`; without an offset it is UTC. A `variable` that is no date never holds; a `value` that is none fails the node |
        | `is_not_empty` `not_exists` | the operator without `not` does not hold |
        | `not_equals` `not_contains` `not_in_list` | the operator without `not_` does not hold |

        ## What comes out

        | activity | output |
        |---|---|
        | `trigger_command` | `username`, `args` (list of words), `message` |
        | `trigger_event` | `event_id`, `event_type`, `data`, `aggregate_id`, `aggregate_type`, `metadata`, `published_at` |
        | `trigger_schedule` | `scheduled_time` |
        | `trigger_manual` | the variables that were given |
        | `trigger_webhook` | `payload`, `headers`, `query` |
        | `action_http` | `status`, `headers` (lower-case names; repeated ones joined with a comma), `body`. Other statuses than 200 to 299 fail with `http.status`; the `error` port then carries the same as `detail`. A body that is no text fails the node with `http.not_text` |
        | `action_chat_message` | `message_id`, `channel_id`, `text`, `sent_at` |
        | `flow_merge` | by `merge_strategy` |
        | `action_chat_ask` | answered: `answer`, `choice` (as you wrote it), `username`, `user_id`, `message_id`, `answered_at`; timeout: what arrived |
        | `action_approval` | approved, rejected: `decision`, `by`, `by_id`, `comment`, `at`, `approval_id`; expired: `decision`, `at` |
        | `action_wait_event` | received: the event, as `trigger_event` puts it out; timeout: what arrived |
        | `action_workflow` | `execution_id`, `workflow_id`, and if it waited `status`, `output`. An execution that failed or was cancelled fails the node with `workflow.failed` or `workflow.cancelled`; the `error` port then carries the same as `detail`, with `error` {`code`, `message`, `node`} |
        | `data_transform` | what was computed, an object |
        | `data_variable_get` | the value |
        | `condition_filter` | the kept entries, a list |
        | `action_delay`, `condition_if`, `condition_switch`, `data_variable_set` | what arrived |

        """;
}
