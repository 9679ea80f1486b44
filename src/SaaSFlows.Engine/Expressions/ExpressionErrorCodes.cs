namespace SaaSFlows.Engine.Expressions;

/// <summary>The codes an <see cref="ExpressionError"/> can have.</summary>
public static class ExpressionErrorCodes
{
    /// <summary>The text is not an expression.</summary>
    public const string Syntax = "expression.syntax";

    /// <summary>An expression is longer than <see cref="ExpressionLimits.MaxSourceLength"/>.</summary>
    public const string TooLong = "expression.too_long";

    /// <summary>The expression or the value it builds is nested too deeply.</summary>
    public const string TooDeep = "expression.too_deep";

    /// <summary>A function or method that is not in the closed list.</summary>
    public const string UnknownFunction = "expression.unknown_function";

    /// <summary>Too many or too few arguments.</summary>
    public const string Arguments = "expression.arguments";

    /// <summary>A bare name that is neither a root nor a variable.</summary>
    public const string UnknownName = "expression.unknown_name";

    /// <summary>A value has a type that the operation does not take, for example a member of undefined.</summary>
    public const string Type = "expression.type";

    /// <summary>A function was given a value it can't work with, for example invalid JSON.</summary>
    public const string Value = "expression.value";

    /// <summary>More steps than <see cref="ExpressionLimits.MaxSteps"/>.</summary>
    public const string TooManySteps = "expression.too_many_steps";

    /// <summary>A text or array larger than <see cref="ExpressionLimits.MaxSize"/>.</summary>
    public const string TooLarge = "expression.too_large";

    /// <summary>A secret was compared or transformed.</summary>
    public const string Secret = "expression.secret";
}
