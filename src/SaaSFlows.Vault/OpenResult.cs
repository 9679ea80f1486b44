namespace SaaSFlows.Vault;

/// <summary>The result of opening an envelope.</summary>
public abstract record OpenResult
{
    // Private, so the nested cases below are the whole family.
    private OpenResult() { }

    /// <summary>Calls the function of this case.</summary>
    public T Match<T>(Func<Secret, T> opened, Func<string, T> refused) =>
        this switch
        {
            Opened o => opened(o.Secret),
            Refused r => refused(r.Code),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    /// <summary>The envelope is authentic for the asked scope, purpose and record.</summary>
    public sealed record Opened(Secret Secret) : OpenResult;

    /// <summary>Nothing was decrypted. <paramref name="Code"/> is one of <see cref="OpenRefusals"/>.</summary>
    public sealed record Refused(string Code) : OpenResult;
}
