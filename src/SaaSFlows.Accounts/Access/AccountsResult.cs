namespace SaaSFlows.Accounts.Access;

/// <summary>The result of a use case: a value or an expected failure.</summary>
public abstract record AccountsResult<T>
{
    // Private, so the nested cases below are the whole family.
    private AccountsResult() { }

    public static implicit operator AccountsResult<T>(T value) => new Done(value);

    public static implicit operator AccountsResult<T>(AccountsError error) => new Failed(error);

    /// <summary>Calls the function of this case.</summary>
    public TOut Match<TOut>(Func<T, TOut> done, Func<AccountsError, TOut> failed) =>
        this switch
        {
            Done d => done(d.Value),
            Failed f => failed(f.Error),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    public sealed record Done(T Value) : AccountsResult<T>;

    public sealed record Failed(AccountsError Error) : AccountsResult<T>;
}
