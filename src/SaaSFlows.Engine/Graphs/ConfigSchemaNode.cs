using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Engine.Graphs;

internal enum ConfigSchemaType
{
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Object,
    Null,
}

/// <summary>One compiled schema: checks one value and what is in it.</summary>
internal sealed class ConfigSchemaNode
{
    private const int MostShown = 50;
    private const int LongestShown = 80;

    // What matching costs, in steps.
    private const int CharactersOfAStep = 16;

    public ConfigSchemaType[] Types { get; set; } = [];

    public JsonElement[] Allowed { get; set; } = [];

    public Dictionary<string, ConfigSchemaNode> Properties { get; set; } = [];

    public string[] Required { get; set; } = [];

    public bool IsClosed { get; set; }

    public ConfigSchemaNode? Additional { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public double? ExclusiveMinimum { get; set; }

    public double? ExclusiveMaximum { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public Regex? Pattern { get; set; }

    /// <summary>Whether a text must be an address that a request can be sent to.</summary>
    public bool IsWebAddress { get; set; }

    public ConfigSchemaNode? Items { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public ConfigSchemaNode[] AnyOf { get; set; } = [];

    public ConfigSchemaNode[] OneOf { get; set; } = [];

    public string? Title { get; set; }

    /// <summary>True where values are data: braces are text there, and null is a value.</summary>
    public bool IsData { get; init; }

    public bool IsLiteral { get; set; }

    /// <summary>Whether a text is a name that must or may stand for a value: required, optional or null for neither.</summary>
    public string? Name { get; set; }

    public Dictionary<string, string> Reserved { get; set; } = [];

    public void Check(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        if (!findings.Spend(1 + Allowed.Length + Required.Length))
        {
            return;
        }

        if (!IsData && HoldsTemplate(value))
        {
            if (IsLiteral)
            {
                findings.Error(path, $"must not hold a template, but is {Shown(value)}: it is read before the node runs");
            }

            return;
        }

        if (Types.Length > 0 && !Types.Any(type => Fits(value, type)))
        {
            findings.Error(path, $"must be {string.Join(" or ", Types.Select(Words))}, but is {Shown(value)}");
            return;
        }

        if (Allowed.Length > 0 && !Allowed.Any(allowed => JsonElement.DeepEquals(allowed, value)))
        {
            findings.Error(path, $"must be one of {Choices()}, but is {Shown(value)}");
        }

        if (Name is not null && value.ValueKind == JsonValueKind.String)
        {
            findings.Names.Add(new(path, value.GetString()!, Name == "optional"));
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                CheckNumber(value, path, findings);
                break;
            case JsonValueKind.String:
                CheckText(value, path, findings);
                break;
            case JsonValueKind.Array:
                CheckList(value, path, findings);
                break;
            case JsonValueKind.Object:
                CheckObject(value, path, findings);
                break;
            default:
                break;
        }

        CheckBranches(value, path, findings);
    }

    private static bool HoldsTemplate(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.Contains("{{", StringComparison.Ordinal);

    private static bool Fits(JsonElement value, ConfigSchemaType type) =>
        type switch
        {
            ConfigSchemaType.Text => value.ValueKind == JsonValueKind.String,
            ConfigSchemaType.Integer => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
            ConfigSchemaType.Number => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
            ConfigSchemaType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            ConfigSchemaType.List => value.ValueKind == JsonValueKind.Array,
            ConfigSchemaType.Object => value.ValueKind == JsonValueKind.Object,
            ConfigSchemaType.Null => value.ValueKind == JsonValueKind.Null,
        };

    private static string Words(ConfigSchemaType type) =>
        type switch
        {
            ConfigSchemaType.Text => "text",
            ConfigSchemaType.Integer => "a whole number",
            ConfigSchemaType.Number => "a number",
            ConfigSchemaType.Boolean => "true or false",
            ConfigSchemaType.List => "a list",
            ConfigSchemaType.Object => "an object",
            ConfigSchemaType.Null => "null",
        };

    private static string Shown(JsonElement value)
    {
        const int longest = 80;
        var raw = value.GetRawText();
        return raw.Length <= longest ? raw : $"{raw.AsSpan(0, longest)}…";
    }

    private static string Number(double value) => value.ToString("#,0.######", CultureInfo.InvariantCulture);

    private void CheckNumber(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        if (value.GetDouble() < Minimum)
        {
            findings.Error(path, $"must be at least {Number(Minimum.Value)}, but is {Shown(value)}");
        }

        if (value.GetDouble() > Maximum)
        {
            findings.Error(path, $"must be at most {Number(Maximum.Value)}, but is {Shown(value)}");
        }

        if (value.GetDouble() <= ExclusiveMinimum)
        {
            findings.Error(path, $"must be more than {Number(ExclusiveMinimum.Value)}, but is {Shown(value)}");
        }

        if (value.GetDouble() >= ExclusiveMaximum)
        {
            findings.Error(path, $"must be less than {Number(ExclusiveMaximum.Value)}, but is {Shown(value)}");
        }
    }

    private void CheckText(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        var text = value.GetString()!;
        var length = text.EnumerateRunes().Count();
        if (length < MinLength)
        {
            findings.Error(
                path,
                MinLength == 1 ? "must not be empty" : $"must have at least {Number(MinLength.Value)} characters, but has {Number(length)}"
            );
        }

        if (length > MaxLength)
        {
            findings.Error(path, $"must have at most {Number(MaxLength.Value)} characters, but has {Number(length)}");
        }
        else if (Pattern is not null && findings.Spend(text.Length / CharactersOfAStep) && !Matches(Pattern, text))
        {
            findings.Error(path, $"has the wrong form: it must match {PatternEnd.Shown(Pattern)}, but is {Shown(value)}");
        }
        else if (
            IsWebAddress
            && length > 0
            && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", Host.Length: > 0 })
        )
        {
            findings.Error(path, $"must be an address that begins with https:// or http://, but is {Shown(value)}");
        }
    }

    // A schema may allow thousands, and each may be long.
    private string Choices()
    {
        var shown = string.Join(
            ", ",
            Allowed.Take(MostShown).Select(allowed => allowed.ToString() is { Length: <= LongestShown } text ? text : Shown(allowed))
        );
        return Allowed.Length > MostShown ? $"{shown} and {Number(Allowed.Length - MostShown)} more" : shown;
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private void CheckList(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        var count = value.GetArrayLength();
        if (count < MinItems)
        {
            findings.Error(
                path,
                MinItems == 1 ? "must not be empty" : $"must have at least {Number(MinItems.Value)} entries, but has {Number(count)}"
            );
        }

        if (count > MaxItems)
        {
            // Entries of a list that is too long are not worth a message each.
            findings.Error(path, $"must have at most {Number(MaxItems.Value)} entries, but has {Number(count)}");
            return;
        }

        if (Items is null)
        {
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            Items.Check(item, $"{path}[{index++}]", findings);
        }
    }

    private void CheckObject(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        foreach (var name in Required)
        {
            if (!value.TryGetProperty(name, out var field) || !IsGiven(field))
            {
                findings.Error(Inside(path, name), "is required");
            }
        }

        foreach (var field in value.EnumerateObject().Where(field => IsGiven(field.Value)))
        {
            CheckField(field, Inside(path, field.Name), findings);
        }
    }

    private void CheckField(JsonProperty field, string path, ConfigSchemaFindings findings)
    {
        if (Properties.TryGetValue(field.Name, out var property))
        {
            property.Check(field.Value, path, findings);
        }
        else if (Reserved.TryGetValue(field.Name, out var warning))
        {
            findings.Warning(path, warning);
        }
        else if (IsClosed)
        {
            findings.Error(path, "is not a known field");
        }
        else
        {
            Additional?.Check(field.Value, path, findings);
        }
    }

    private static string Inside(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void CheckBranches(JsonElement value, string path, ConfigSchemaFindings findings)
    {
        if (AnyOf.Length > 0)
        {
            var tries = Try(AnyOf, value, path, findings);
            var meant = Array.FindIndex(AnyOf, branch => branch.IsMeantBy(value));
            findings.AddRange(tries.Find(branch => branch.Errors.Count == 0) ?? (meant >= 0 ? tries[meant] : Summary(AnyOf, "needs one of", path)));
        }

        if (OneOf.Length > 0)
        {
            var matches = Try(OneOf, value, path, findings).FindAll(branch => branch.Errors.Count == 0);
            findings.AddRange(matches.Count == 1 ? matches[0] : Summary(OneOf, "needs exactly one of", path));
        }
    }

    private static List<ConfigSchemaFindings> Try(ConfigSchemaNode[] branches, JsonElement value, string path, ConfigSchemaFindings around) =>
        [
            .. branches.Select(branch =>
            {
                var findings = new ConfigSchemaFindings { StepsLeft = around.StepsLeft };
                branch.Check(value, path, findings);
                return findings;
            }),
        ];

    // A value that has a branch's type and all that it requires is best told what is wrong by that branch.
    private bool IsMeantBy(JsonElement value) =>
        Types.Any(type => Fits(value, type))
        && Required.All(name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var field) && IsGiven(field));

    private bool IsGiven(JsonElement value) => IsData || ConfigSchema.IsGiven(value);

    private static ConfigSchemaFindings Summary(ConfigSchemaNode[] branches, string complaint, string path)
    {
        var findings = new ConfigSchemaFindings();
        findings.Error(path, $"{complaint}: {string.Join("; ", branches.Select(branch => branch.Title ?? string.Join(", ", branch.Required)))}");
        return findings;
    }
}
