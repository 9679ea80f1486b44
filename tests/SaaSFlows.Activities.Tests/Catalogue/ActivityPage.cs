using System.Globalization;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Catalogue;

/// <summary>Draws the documentation of activities from their descriptors.</summary>
internal static class ActivityPage
{
    private const string Begin = "<!-- Drawn from the descriptors, up to the next such line. -->\n";
    private const string End = "\n<!-- Not drawn any more. -->";

    /// <summary>The page with the part between its two marks drawn anew.</summary>
    public static string Draw(string page, IEnumerable<ActivityDescriptor> descriptors)
    {
        var drawn = new StringBuilder();
        foreach (var descriptor in descriptors)
        {
            Draw(drawn, descriptor);
        }

        return page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + drawn + page[page.IndexOf(End, StringComparison.Ordinal)..];
    }

    private static void Draw(StringBuilder page, ActivityDescriptor descriptor)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {descriptor.DisplayName} `{descriptor.Type}`\n\n{descriptor.Description}\n\n");
        var more = descriptor.OutputsFrom is { } field ? $" / the ports that `{field}` names" : "";
        var traits = string.Concat(Traits(descriptor).Select(trait => $" · {trait}"));
        page.Append(CultureInfo.InvariantCulture, $"{Ports(descriptor.Inputs)} → {Ports(descriptor.Outputs)}{more}{traits}\n");
        if (descriptor.Produces.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nPuts out: {descriptor.Produces}.\n");
        }

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
}
