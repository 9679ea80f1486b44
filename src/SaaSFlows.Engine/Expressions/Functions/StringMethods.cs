using System.Text;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

internal static class StringMethods
{
    public static Dictionary<string, Function> All { get; } =
        new()
        {
            ["toUpperCase"] = OfText(0, 0, static (ref context, text, _) => Copy(ref context, text.ToUpperInvariant())),
            ["toLowerCase"] = OfText(0, 0, static (ref context, text, _) => Copy(ref context, text.ToLowerInvariant())),
            ["trim"] = OfText(0, 0, static (ref context, text, _) => Copy(ref context, Whitespace.Trim(text).ToString())),
            ["startsWith"] = OfText(1, 2, StartsWith),
            ["endsWith"] = OfText(1, 2, EndsWith),
            ["charAt"] = OfText(0, 1, CharAt),
            ["substring"] = OfText(1, 2, Substring),
            ["split"] = OfText(0, 2, Split),
            ["replace"] = OfText(2, 2, ReplaceFirst),
            ["replaceAll"] = OfText(2, 2, ReplaceAll),
            ["padStart"] = OfText(1, 2, static (ref context, text, arguments) => Pad(ref context, text, arguments, atStart: true)),
            ["padEnd"] = OfText(1, 2, static (ref context, text, arguments) => Pad(ref context, text, arguments, atStart: false)),
            ["repeat"] = OfText(1, 1, Repeat),
        };

    private delegate ExpressionValue TextBody(ref EvaluationContext context, string text, Arguments arguments);

    public static ExpressionValue Includes(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        ExpressionValue.From(Find(ref context, target, arguments) >= 0);

    public static ExpressionValue IndexOf(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        ExpressionValue.From((double)Find(ref context, target, arguments));

    public static ExpressionValue Slice(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = context.Text(target);
        var start = arguments.Position(ref context, 0, text.Length, 0);
        var end = arguments.Position(ref context, 1, text.Length, text.Length);
        return Copy(ref context, text[start..Math.Max(start, end)]);
    }

    public static ExpressionValue Concat(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var builder = new StringBuilder(context.Text(target));
        for (var i = 0; i < arguments.Count; i++)
        {
            var text = arguments.Text(ref context, i);
            if (!context.ReserveText((double)builder.Length + text.Length, text.Length))
            {
                return default;
            }

            builder.Append(text);
        }

        return ExpressionValue.From(builder.ToString());
    }

    private static Function OfText(int least, int most, TextBody body) =>
        new(
            least,
            most,
            (ref context, in target, arguments) =>
                target.Kind == ValueKind.String
                    ? body(ref context, context.Text(target), arguments)
                    : FunctionTable.RefuseTarget(ref context, target, arguments)
        );

    /// <summary>A result about as long as a text that is already there.</summary>
    private static ExpressionValue Copy(ref EvaluationContext context, string result) =>
        context.SpendCharacters(result.Length) ? ExpressionValue.From(result) : default;

    private static int Find(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var text = context.Text(target);
        var wanted = arguments.Text(ref context, 0);
        var start = arguments.PositionFromStart(ref context, 1, text.Length, 0);
        return context.SpendSearch(text, wanted) ? text.IndexOf(wanted, start, StringComparison.Ordinal) : -1;
    }

    private static ExpressionValue StartsWith(ref EvaluationContext context, string text, Arguments arguments)
    {
        var start = arguments.PositionFromStart(ref context, 1, text.Length, 0);
        return ExpressionValue.From(text.AsSpan(start).StartsWith(arguments.Text(ref context, 0), StringComparison.Ordinal));
    }

    private static ExpressionValue EndsWith(ref EvaluationContext context, string text, Arguments arguments)
    {
        var end = arguments.PositionFromStart(ref context, 1, text.Length, text.Length);
        return ExpressionValue.From(text.AsSpan(0, end).EndsWith(arguments.Text(ref context, 0), StringComparison.Ordinal));
    }

    private static ExpressionValue CharAt(ref EvaluationContext context, string text, Arguments arguments)
    {
        var index = arguments.Integer(ref context, 0);
        return ExpressionValue.From(index >= 0 && index < text.Length ? text[(int)index].ToString() : "");
    }

    private static ExpressionValue Substring(ref EvaluationContext context, string text, Arguments arguments)
    {
        var a = arguments.PositionFromStart(ref context, 0, text.Length, 0);
        var b = arguments.PositionFromStart(ref context, 1, text.Length, text.Length);
        return Copy(ref context, text[Math.Min(a, b)..Math.Max(a, b)]);
    }

    private static ExpressionValue Split(ref EvaluationContext context, string text, Arguments arguments)
    {
        var limit = arguments.Has(1) && arguments.Integer(ref context, 1) is >= 0 and <= int.MaxValue and var given ? (int)given : int.MaxValue;
        if (!arguments.Has(0))
        {
            return ExpressionValue.From(limit == 0 ? [] : [ExpressionValue.From(text)]);
        }

        var separator = arguments.Text(ref context, 0);
        if (!context.SpendSearch(text, separator))
        {
            return default;
        }

        var count = separator.Length == 0 ? text.Length : text.AsSpan().Count(separator) + 1;
        if (!context.ReserveItems(count))
        {
            return default;
        }

        var pieces = separator.Length == 0 ? text.Select(static c => c.ToString()) : text.Split(separator);
        return ExpressionValue.From([.. pieces.Take(limit).Select(static piece => ExpressionValue.From(piece))]);
    }

    private static ExpressionValue ReplaceFirst(ref EvaluationContext context, string text, Arguments arguments)
    {
        var (wanted, replacement) = (arguments.Text(ref context, 0), arguments.Text(ref context, 1));
        var index = context.SpendSearch(text, wanted) ? text.IndexOf(wanted, StringComparison.Ordinal) : -1;
        if (index < 0)
        {
            return ExpressionValue.From(text);
        }

        return context.ReserveText((double)text.Length - wanted.Length + replacement.Length)
            ? ExpressionValue.From(string.Concat(text.AsSpan(0, index), replacement, text.AsSpan(index + wanted.Length)))
            : default;
    }

    private static ExpressionValue ReplaceAll(ref EvaluationContext context, string text, Arguments arguments)
    {
        var (wanted, replacement) = (arguments.Text(ref context, 0), arguments.Text(ref context, 1));
        if (!context.SpendSearch(text, wanted))
        {
            return default;
        }

        var count = wanted.Length == 0 ? text.Length + 1d : text.AsSpan().Count(wanted);
        if (!context.ReserveText(text.Length + (count * (replacement.Length - wanted.Length))))
        {
            return default;
        }

        return ExpressionValue.From(
            wanted.Length == 0
                ? replacement + string.Concat(text.Select(c => c + replacement))
                : text.Replace(wanted, replacement, StringComparison.Ordinal)
        );
    }

    private static ExpressionValue Pad(ref EvaluationContext context, string text, Arguments arguments, bool atStart)
    {
        var length = arguments.Integer(ref context, 0);
        var filler = arguments.Has(1) ? arguments.Text(ref context, 1) : " ";
        if (length <= text.Length || filler.Length == 0)
        {
            return ExpressionValue.From(text);
        }

        if (!context.ReserveText(length))
        {
            return default;
        }

        var padding = Fill(filler, (int)length - text.Length);
        return ExpressionValue.From(atStart ? padding + text : text + padding);
    }

    private static ExpressionValue Repeat(ref EvaluationContext context, string text, Arguments arguments)
    {
        var count = arguments.Integer(ref context, 0);
        if (count is < 0 or double.PositiveInfinity)
        {
            return context.Fail(ExpressionErrorCodes.Value, "'repeat' takes a count of zero or more.");
        }

        var length = text.Length * count;
        return context.ReserveText(length) ? ExpressionValue.From(Fill(text, (int)length)) : default;
    }

    /// <summary>A text again and again, up to a length.</summary>
    private static string Fill(string text, int length) =>
        string.Create(
            length,
            text,
            static (result, text) =>
            {
                for (var filled = 0; filled < result.Length; )
                {
                    ReadOnlySpan<char> next = filled == 0 ? text : result[..filled];
                    next = next[..Math.Min(next.Length, result.Length - filled)];
                    next.CopyTo(result[filled..]);
                    filled += next.Length;
                }
            }
        );
}
