using System.Text.Json;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions;

/// <summary>
/// A value inside an expression. JSON stays JSON as long as nobody computes with it: strings are not copied, numbers keep their exact text.
/// The default is <c>undefined</c>.
/// </summary>
public readonly struct ExpressionValue
{
    private readonly object? _reference;
    private readonly double _number;

    private ExpressionValue(ValueKind kind, object? reference = null, double number = 0, JsonElement json = default) =>
        (Kind, _reference, _number, Json) = (kind, reference, number, json);

    /// <summary>JavaScript's <c>null</c>.</summary>
    public static ExpressionValue Null { get; } = new(ValueKind.Null);

    internal ValueKind Kind { get; }

    /// <summary>The JSON this value still is, or an undefined element when it was computed.</summary>
    internal JsonElement Json { get; }

    internal bool IsJson => Json.ValueKind != JsonValueKind.Undefined;

    internal bool IsNullish => Kind is ValueKind.Undefined or ValueKind.Null;

    internal bool Boolean => _number != 0;

    internal double Number => _number;

    /// <summary>Members that count where the JSON has none of that name; null for none.</summary>
    internal IReadOnlyDictionary<string, ExpressionValue>? Fallback => IsJson ? _reference as IReadOnlyDictionary<string, ExpressionValue> : null;

    /// <summary>The text of a computed string or of a secret's reference; null for a string that is still JSON.</summary>
    internal string? Computed => _reference as string;

    internal ExpressionValue[] Items => (ExpressionValue[])_reference!;

    internal IReadOnlyDictionary<string, ExpressionValue> Properties => (IReadOnlyDictionary<string, ExpressionValue>)_reference!;

    /// <summary>A boolean.</summary>
    public static ExpressionValue From(bool value) => new(ValueKind.Boolean, number: value ? 1 : 0);

    /// <summary>A number.</summary>
    public static ExpressionValue From(double value) => new(ValueKind.Number, number: value);

    /// <summary>A string; null gives <c>null</c>.</summary>
    public static ExpressionValue From(string? value) => value is null ? Null : new(ValueKind.String, value);

    /// <summary>Any JSON. The element's document must outlive the value and everything evaluated from it.</summary>
    public static ExpressionValue From(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => From(true),
            JsonValueKind.False => From(false),
            JsonValueKind.Null => Null,
            JsonValueKind.Number => new(ValueKind.Number, number: value.GetDouble(), json: value),
            JsonValueKind.String => new(ValueKind.String, json: value),
            JsonValueKind.Array => new(ValueKind.Array, json: value),
            JsonValueKind.Object => new(ValueKind.Object, json: value),
            _ => default,
        };

    /// <summary>
    /// JSON; if it is an object, members that it does not have are looked for in <paramref name="fallback"/>. As a whole it stays what it is.
    /// </summary>
    public static ExpressionValue From(JsonElement value, IReadOnlyDictionary<string, ExpressionValue> fallback) =>
        value.ValueKind == JsonValueKind.Object ? new(ValueKind.Object, fallback, json: value) : From(value);

    /// <summary>
    /// An object whose members need not be JSON: a root such as <c>env</c> that holds secrets, or <c>nodes</c>, computed when asked.
    /// Not copied; it must not change while it is in use.
    /// </summary>
    public static ExpressionValue From(IReadOnlyDictionary<string, ExpressionValue> members) => new(ValueKind.Object, members);

    /// <summary>
    /// A secret, by reference. It can be passed on, put into an object, an array or a template's text, and tested for presence;
    /// any other use fails with <see cref="ExpressionErrorCodes.Secret"/>. Wherever it ends up, <paramref name="reference"/> is what is written:
    /// the scope chooses a text that nobody can forge.
    /// </summary>
    public static ExpressionValue Secret(string reference) => new(ValueKind.Secret, reference);

    internal static ExpressionValue From(ExpressionValue[] items) => new(ValueKind.Array, items);

    /// <summary>Says what kind of value this is, never its content.</summary>
    public override string ToString() => Kind.ToString();
}
