using System.Runtime.InteropServices;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>
/// One evaluation: its scope, what it may still use, and its first failure. Evaluation is pure, so a node need not stop at a failure:
/// whatever is computed after it is dropped, and <see cref="Spend"/> keeps that little.
/// </summary>
internal ref struct EvaluationContext(IExpressionScope scope, ExpressionLimits limits)
{
    private const int CharactersPerStep = 256;
    private const int WorstSearchPerStep = 16_384;
    private int _steps = limits.MaxSteps;

    public readonly IExpressionScope Scope => scope;

    public ExpressionError? Error { get; set; }

    public readonly bool Failed => Error is not null;

    /// <summary>Where the running operation stands in its source; what <see cref="Fail"/> reports.</summary>
    public int Position { get; set; }

    /// <summary>False once the evaluation has failed or has no steps left.</summary>
    public bool Spend(long steps = 1)
    {
        if (Failed)
        {
            return false;
        }

        if (steps > _steps)
        {
            Fail(ExpressionErrorCodes.TooManySteps, $"The expression needs more than {limits.MaxSteps} steps.");
            return false;
        }

        _steps -= (int)steps;
        return true;
    }

    public bool SpendCharacters(long characters) => Spend(characters / CharactersPerStep);

    /// <summary>A search compares at each position in the worst case, so a long pattern costs its length again and again.</summary>
    public bool SpendSearch(string text, string wanted) =>
        SpendCharacters(text.Length) && (wanted.Length <= CharactersPerStep || Spend((long)text.Length * wanted.Length / WorstSearchPerStep));

    /// <summary>Asks for room before a text of this length is built.</summary>
    public bool ReserveText(double length) => Reserve(length, "A text", "characters") && SpendCharacters((long)length);

    /// <summary>Asks for room before a text grows to this length; only what is added costs steps.</summary>
    public bool ReserveText(double length, int added) => Reserve(length, "A text", "characters") && SpendCharacters(added);

    /// <summary>Asks for room before an array of this length is built.</summary>
    public bool ReserveItems(long count) => Reserve(count, "An array", "elements") && Spend(count);

    public ExpressionValue Fail(string code, string message)
    {
        Error ??= new(code, message, Position);
        return default;
    }

    /// <summary>The characters of a string value.</summary>
    public string Text(in ExpressionValue value)
    {
        if (value.Computed is { } text)
        {
            return text;
        }

        return SpendCharacters(JsonMarshal.GetRawUtf8Value(value.Json).Length) ? JsonAccess.Text(value.Json) : "";
    }

    private bool Reserve(double size, string what, string unit)
    {
        if (size > limits.MaxSize)
        {
            Fail(ExpressionErrorCodes.TooLarge, $"{what} would have more than {limits.MaxSize} {unit}.");
        }

        return !Failed;
    }
}
