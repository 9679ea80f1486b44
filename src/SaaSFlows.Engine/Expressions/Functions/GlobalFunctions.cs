using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

internal static class GlobalFunctions
{
    /// <summary>One UTF-16 unit is at most three bytes of UTF-8, each written as %XX.</summary>
    private const int LongestEscape = 9;

    public static Dictionary<string, Function> All { get; } =
        new()
        {
            ["Number"] = new(
                0,
                1,
                static (ref context, in _, arguments) =>
                    ExpressionValue.From(arguments.Count == 0 ? 0 : Operators.ToNumber(ref context, arguments[0]))
            ),
            ["String"] = new(
                0,
                1,
                static (ref context, in _, arguments) => ExpressionValue.From(arguments.Count == 0 ? "" : arguments.Text(ref context, 0))
            ),
            ["Boolean"] = new(0, 1, static (ref context, in _, arguments) => ExpressionValue.From(Operators.IsTruthy(arguments[0]))),
            ["isNaN"] = new(
                1,
                1,
                static (ref context, in _, arguments) => ExpressionValue.From(double.IsNaN(Operators.ToNumber(ref context, arguments[0])))
            ),
            ["parseInt"] = new(1, 2, ParseInt),
            ["parseFloat"] = new(1, 1, ParseFloat),
            ["encodeURIComponent"] = new(1, 1, EncodeUriComponent),
            ["decodeURIComponent"] = new(1, 1, DecodeUriComponent),
            ["Array.isArray"] = new(1, 1, static (ref context, in _, arguments) => ExpressionValue.From(arguments[0].Kind == ValueKind.Array)),
            ["JSON.parse"] = new(1, 1, ParseJson),
            ["JSON.stringify"] = new(1, 1, Stringify),
            ["Object.keys"] = new(
                1,
                1,
                static (ref context, in _, arguments) => List(ref context, arguments, static entry => ExpressionValue.From(entry.Key))
            ),
            ["Object.values"] = new(1, 1, static (ref context, in _, arguments) => List(ref context, arguments, static entry => entry.Value)),
            ["Object.entries"] = new(
                1,
                1,
                static (ref context, in _, arguments) =>
                    List(ref context, arguments, static entry => ExpressionValue.From([ExpressionValue.From(entry.Key), entry.Value]))
            ),
        };

    private static ExpressionValue ParseInt(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = Whitespace.Trim(arguments.Text(ref context, 0));
        var radix = arguments.Integer(ref context, 1);
        var negative = text.StartsWith('-');
        text = negative || text.StartsWith('+') ? text[1..] : text;
        if (radix is 0 or 16 && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            radix = 16;
            text = text[2..];
        }

        if (radix is not 0 and (< 2 or > 36))
        {
            return ExpressionValue.From(double.NaN);
        }

        var value = NumberText.ParseInteger(text, radix == 0 ? 10 : (int)radix, out _);
        return ExpressionValue.From(negative ? -value : value);
    }

    private static ExpressionValue ParseFloat(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        NumberText.DecimalPrefix(Whitespace.Trim(arguments.Text(ref context, 0)), out var number);
        return ExpressionValue.From(number);
    }

    private static ExpressionValue EncodeUriComponent(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = arguments.Text(ref context, 0);
        if (!context.ReserveText((double)text.Length * LongestEscape))
        {
            return default;
        }

        // .NET escapes these five as RFC 3986 wants, JavaScript leaves them.
        var builder = new StringBuilder(Uri.EscapeDataString(text));
        foreach (var c in "!'()*")
        {
            builder.Replace(Uri.HexEscape(c), c.ToString());
        }

        return ExpressionValue.From(builder.ToString());
    }

    private static ExpressionValue DecodeUriComponent(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = arguments.Text(ref context, 0);
        return context.ReserveText(text.Length) ? ExpressionValue.From(Uri.UnescapeDataString(text)) : default;
    }

    private static ExpressionValue ParseJson(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = arguments.Text(ref context, 0);
        if (!context.ReserveText(text.Length))
        {
            return default;
        }

        try
        {
            return UnicodeCheck.IsValid(Encoding.UTF8.GetBytes(text))
                ? ExpressionValue.From(JsonElement.Parse(text))
                : context.Fail(ExpressionErrorCodes.Value, "'JSON.parse' was given a text with half of a surrogate pair.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return context.Fail(ExpressionErrorCodes.Value, "'JSON.parse' was given a text that is not JSON, or nested too deeply.");
        }
    }

    private static ExpressionValue Stringify(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        if (arguments[0].Kind == ValueKind.Undefined)
        {
            return default;
        }

        var builder = new StringBuilder();
        JsonText.Append(ref context, builder, arguments[0], JsonStyle.Stringify);
        return ExpressionValue.From(builder.ToString());
    }

    private static ExpressionValue List(
        ref EvaluationContext context,
        Arguments arguments,
        Func<KeyValuePair<string, ExpressionValue>, ExpressionValue> choose
    ) =>
        arguments[0].Kind == ValueKind.Object
            ? ExpressionValue.From([.. Members.Entries(ref context, arguments[0]).Select(choose)])
            : context.Fail(ExpressionErrorCodes.Type, $"'{arguments.Function}' takes an object.");
}
