namespace SaaSFlows.Engine.Expressions;

/// <summary>Why an expression could not be compiled or evaluated. An expected failure of a workflow's author or of its data, never a bug.</summary>
/// <param name="Code">One of <see cref="ExpressionErrorCodes"/>; stable, safe to store and to switch on.</param>
/// <param name="Message">A sentence for the author of the workflow. May contain names used in the expression, never values.</param>
/// <param name="Position">Zero-based index of the offending character in the string that was compiled.</param>
public sealed record ExpressionError(string Code, string Message, int Position)
{
    /// <summary>
    /// Where in the compiled JSON the string stands, as in <c>headers.Authorization</c> or <c>items[2]</c>; empty for the value itself.
    /// </summary>
    public string Path { get; init; } = "";
}
