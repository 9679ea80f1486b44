using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

/// <summary>
/// A template whose text is a JSON document around its expressions: the result is valid JSON whatever they give. Inside of quotes a value is escaped;
/// outside it is written as JSON, and a text that is JSON itself, such as what <c>JSON.stringify</c> gives, as it is.
/// </summary>
internal sealed class JsonTextNode : Node
{
    private readonly Node[] _parts;
    private readonly Place[] _places;

    private JsonTextNode(Node[] parts, Place[] places) => (_parts, _places) = (parts, places);

    public override IEnumerable<Node> Parts => _parts;

    private enum Place
    {
        Text,
        InQuotes,
        Value,
    }

    /// <summary>The same parts as JSON where they make up a document; else <paramref name="text"/>.</summary>
    public static Node Of(TextNode text)
    {
        var (places, sample) = (new Place[text.Pieces.Length], new StringBuilder());
        var isQuoted = false;
        for (var i = 0; i < places.Length; i++)
        {
            if (text.IsText[i])
            {
                var plain = PlainText(text.Pieces[i]);
                sample.Append(plain);
                isQuoted = IsQuotedAfter(plain, isQuoted);
            }
            else
            {
                places[i] = isQuoted ? Place.InQuotes : Place.Value;
                sample.Append(isQuoted ? "" : "null");
            }
        }

        return IsDocument(sample.ToString()) ? new JsonTextNode(text.Pieces.ToArray(), places) : text;
    }

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var builder = new StringBuilder();
        for (var i = 0; i < _parts.Length && !context.Failed; i++)
        {
            var start = builder.Length;
            if (_places[i] == Place.Text)
            {
                builder.Append(PlainText(_parts[i]));
            }
            else
            {
                Append(ref context, builder, _parts[i].Evaluate(ref context), _places[i] == Place.InQuotes);
            }

            context.ReserveText(builder.Length, builder.Length - start);
        }

        return context.Failed ? default : ExpressionValue.From(builder.ToString());
    }

    private static void Append(ref EvaluationContext context, StringBuilder builder, in ExpressionValue value, bool isQuoted)
    {
        if (isQuoted)
        {
            JsonText.AppendEscaped(ref context, builder, TextNode.PartText(ref context, value));
        }
        else if (value.Kind == ValueKind.String && context.Text(value) is var text && IsJson(text))
        {
            builder.Append(text);
        }
        else
        {
            JsonText.Append(ref context, builder, value, JsonStyle.Result);
        }
    }

    private static string PlainText(Node part) => ((LiteralNode)part).Value.Computed!;

    private static bool IsQuotedAfter(string text, bool isQuoted)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && isQuoted)
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
        }

        return isQuoted;
    }

    private static bool IsDocument(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..] && IsJson(text);

    private static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
