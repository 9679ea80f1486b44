using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions.Nodes;

namespace SaaSFlows.Engine.Expressions.Values;

internal enum JsonStyle
{
    /// <summary>
    /// What leaves an expression: JSON that came in stays byte for byte, secrets by reference, undefined as null, always valid UTF-16.
    /// </summary>
    Result,

    /// <summary>What <c>JSON.stringify</c> gives; a computation, so a secret is refused.</summary>
    Stringify,
}

/// <summary>Writes values as JSON.</summary>
internal static class JsonText
{
    // Larger ones are not worth holding for each thread.
    private const int KeptCapacity = 16 * 1024;

    [ThreadStatic]
    private static StringBuilder? _scratch;

    private static readonly JsonElement NullElement = JsonElement.Parse("null");
    private static readonly JsonElement TrueElement = JsonElement.Parse("true");
    private static readonly JsonElement FalseElement = JsonElement.Parse("false");

    /// <summary>What can't stand in a JSON string as it is, and surrogates, which may not if alone.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Concat(Enumerable.Range(0xD800, 0x800)).Select(static code => (char)code),
        '"',
        '\\',
    ]);

    public static void Append(ref EvaluationContext context, StringBuilder builder, in ExpressionValue value, JsonStyle style, int depth = 0)
    {
        if (!context.Spend())
        {
            return;
        }

        if (style == JsonStyle.Result && value.IsJson)
        {
            AppendRaw(ref context, builder, value.Json);
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.String:
                AppendString(ref context, builder, context.Text(value), style);
                break;
            case ValueKind.Number:
                AppendNumber(builder, value);
                break;
            case ValueKind.Boolean:
                builder.Append(value.Boolean ? "true" : "false");
                break;
            case ValueKind.Secret when style == JsonStyle.Result:
                AppendString(ref context, builder, value.Computed!, style);
                break;
            case ValueKind.Secret:
                Operators.RefuseSecret(ref context);
                break;
            case ValueKind.Array or ValueKind.Object when depth == ExpressionLimits.MaxDepth:
                FailTooDeep(ref context);
                break;
            case ValueKind.Array:
                AppendArray(ref context, builder, value, style, depth + 1);
                break;
            case ValueKind.Object:
                AppendObject(ref context, builder, value, style, depth + 1);
                break;
            default:
                builder.Append("null");
                break;
        }
    }

    /// <summary>Writes a text as it stands between the quotes of a JSON string.</summary>
    public static void AppendEscaped(ref EvaluationContext context, StringBuilder builder, string text)
    {
        if (context.SpendCharacters(text.Length))
        {
            AppendCharacters(builder, text, JsonStyle.Result);
        }
    }

    /// <summary>Evaluates and turns the outcome into JSON.</summary>
    public static JsonElement ToElement(ref EvaluationContext context, Node node)
    {
        var isMade = node is ObjectNode or ArrayNode;
        var value = isMade ? default : node.Evaluate(ref context);
        switch (value.Kind)
        {
            case var _ when value.IsJson:
                return value.Json;
            case ValueKind.Undefined or ValueKind.Null when !isMade:
                return NullElement;
            case ValueKind.Boolean:
                return value.Boolean ? TrueElement : FalseElement;
        }

        var json = _scratch ?? new StringBuilder();
        _scratch = null;
        if (isMade)
        {
            node.Write(ref context, json, depth: 0);
        }
        else
        {
            Append(ref context, json, value, JsonStyle.Result);
        }

        var element = context.Failed ? default : Parse(ref context, json);
        _scratch = json.Capacity <= KeptCapacity ? json.Clear() : null;
        return element;
    }

    /// <summary>Whether an array or object of this size may be written here.</summary>
    public static bool Enter(ref EvaluationContext context, int count, int depth)
    {
        // As much as when it is evaluated first and written then.
        context.Spend(2 + count);
        if (depth == ExpressionLimits.MaxDepth)
        {
            FailTooDeep(ref context);
        }

        return context.ReserveItems(count);
    }

    public static void AppendName(ref EvaluationContext context, StringBuilder builder, string name)
    {
        AppendString(ref context, builder, name, JsonStyle.Result);
        builder.Append(':');
    }

    private static JsonElement Parse(ref EvaluationContext context, StringBuilder json)
    {
        var characters = ArrayPool<char>.Shared.Rent(json.Length);
        try
        {
            json.CopyTo(0, characters, json.Length);
            return JsonElement.Parse(characters.AsSpan(0, json.Length));
        }
        catch (JsonException)
        {
            // The only thing that can be wrong: JSON that came in stands inside a value that adds too many levels around it.
            FailTooDeep(ref context);
            return default;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private static void FailTooDeep(ref EvaluationContext context) =>
        context.Fail(ExpressionErrorCodes.TooDeep, $"The value is nested deeper than {ExpressionLimits.MaxDepth} levels.");

    private static void AppendRaw(ref EvaluationContext context, StringBuilder builder, JsonElement element)
    {
        var utf8 = JsonMarshal.GetRawUtf8Value(element);
        if (!context.SpendCharacters(utf8.Length))
        {
            return;
        }

        var characters = ArrayPool<char>.Shared.Rent(utf8.Length);
        builder.Append(characters, 0, Encoding.UTF8.GetChars(utf8, characters));
        ArrayPool<char>.Shared.Return(characters);
    }

    private static void AppendNumber(StringBuilder builder, in ExpressionValue value)
    {
        if (!value.IsJson && NumberText.IsPlainInteger(value.Number))
        {
            builder.Append((long)value.Number);
        }
        else
        {
            builder.Append(double.IsFinite(value.Number) ? Operators.NumberOf(value) : "null");
        }
    }

    private static void AppendArray(ref EvaluationContext context, StringBuilder builder, in ExpressionValue value, JsonStyle style, int depth)
    {
        builder.Append('[');
        var separator = "";
        foreach (var item in Members.Items(ref context, value))
        {
            builder.Append(separator);
            Append(ref context, builder, item, style, depth);
            separator = ",";
        }

        builder.Append(']');
    }

    private static void AppendObject(ref EvaluationContext context, StringBuilder builder, in ExpressionValue value, JsonStyle style, int depth)
    {
        builder.Append('{');
        var separator = "";
        foreach (var (name, member) in Members.Entries(ref context, value))
        {
            if (style == JsonStyle.Stringify && member.Kind == ValueKind.Undefined)
            {
                continue;
            }

            builder.Append(separator);
            AppendString(ref context, builder, name, style);
            builder.Append(':');
            Append(ref context, builder, member, style, depth);
            separator = ",";
        }

        builder.Append('}');
    }

    private static void AppendString(ref EvaluationContext context, StringBuilder builder, string text, JsonStyle style)
    {
        if (
            !(
                style == JsonStyle.Stringify
                    ? context.ReserveText(builder.Length + (double)text.Length, text.Length)
                    : context.SpendCharacters(text.Length)
            )
        )
        {
            return;
        }

        builder.Append('"');
        AppendCharacters(builder, text, style);
        builder.Append('"');
    }

    private static void AppendCharacters(StringBuilder builder, ReadOnlySpan<char> rest, JsonStyle style)
    {
        for (var special = rest.IndexOfAny(Special); special >= 0; special = rest.IndexOfAny(Special))
        {
            var isPair = special + 1 < rest.Length && char.IsSurrogatePair(rest[special], rest[special + 1]);
            builder.Append(rest[..(isPair ? special + 2 : special)]);
            if (!isPair)
            {
                AppendSpecial(builder, rest[special], style);
            }

            rest = rest[(special + (isPair ? 2 : 1))..];
        }

        builder.Append(rest);
    }

    private static void AppendSpecial(StringBuilder builder, char c, JsonStyle style) =>
        _ = c switch
        {
            '"' => builder.Append("\\\""),
            '\\' => builder.Append("\\\\"),
            '\n' => builder.Append("\\n"),
            '\r' => builder.Append("\\r"),
            '\t' => builder.Append("\\t"),
            '\b' => builder.Append("\\b"),
            '\f' => builder.Append("\\f"),
            _ when char.IsSurrogate(c) && style == JsonStyle.Result => builder.Append('\uFFFD'),
            _ => builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        };
}
