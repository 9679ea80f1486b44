namespace SaaSFlows.Engine.Expressions.Syntax;

/// <summary>Where a parser stands in its source, and the first thing that was wrong with it.</summary>
internal abstract class TokenReader
{
    private readonly string _source;
    private readonly int _start;

    protected TokenReader(string source, int start)
    {
        (_source, _start) = (source, start);
        Current = Lexer.Next(source, start);
    }

    protected Token Current { get; private set; }

    protected ExpressionError? Error { get; private set; }

    protected bool Is(string symbol) => Current.Kind == TokenKind.Operator && Current.Text == symbol;

    protected bool IsName(string name) => Current.Kind == TokenKind.Name && Current.Text == name;

    protected bool Take(string symbol)
    {
        if (!Is(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    protected void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            Unexpected(Current, $", '{symbol}' expected");
        }
    }

    protected void Advance()
    {
        if (Current.End - _start > ExpressionLimits.MaxSourceLength)
        {
            Fail(ExpressionErrorCodes.TooLong, $"The expression is longer than {ExpressionLimits.MaxSourceLength} characters.", _start);
        }

        Current = Lexer.Next(_source, Current.End);
    }

    protected void Unexpected(Token token, string hint) =>
        Fail(
            ExpressionErrorCodes.Syntax,
            token.Kind switch
            {
                TokenKind.Invalid => token.Text,
                TokenKind.End => $"Unexpected end{hint}.",
                _ => $"Unexpected '{_source[token.Start..token.End]}'{hint}.",
            },
            token.Start
        );

    protected void Fail(string code, string message, int position) => Error ??= new(code, message, position);
}
