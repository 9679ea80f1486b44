namespace SaaSFlows.Engine.Expressions;

/// <summary>The names an expression can see: roots such as <c>input</c>, and bare variables.</summary>
public interface IExpressionScope
{
    /// <summary>Finds the value of a bare name; false makes the expression fail with <see cref="ExpressionErrorCodes.UnknownName"/>.</summary>
    bool TryResolve(string name, out ExpressionValue value);
}
