namespace SaaSFlows.Engine.Expressions;

/// <summary>What one evaluation of a <see cref="CompiledValue"/> may use, all its expressions together.</summary>
/// <param name="MaxSteps">
/// Work: an operation is a step, and so are 256 characters read or built, an array element visited and 16 properties searched.
/// </param>
/// <param name="MaxSize">Longest text in characters and longest array in elements that an expression may build.</param>
public sealed record ExpressionLimits(int MaxSteps = 100_000, int MaxSize = 1_048_576)
{
    /// <summary>Longest source of one expression, in characters.</summary>
    public const int MaxSourceLength = 4_000;

    /// <summary>Deepest nesting of an expression, and of the JSON compiled or produced.</summary>
    public const int MaxDepth = 64;

    /// <summary>The limits a workflow gets unless its plan says otherwise.</summary>
    public static ExpressionLimits Default { get; } = new();
}
