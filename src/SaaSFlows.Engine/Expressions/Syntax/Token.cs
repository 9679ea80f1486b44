namespace SaaSFlows.Engine.Expressions.Syntax;

internal enum TokenKind
{
    End,
    Name,
    Number,
    String,
    Operator,
    Invalid,
}

/// <param name="Text">A name, an operator, the value of a string, or what is wrong with an invalid token.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Text, double Number = 0);
